//! Local certificate authority. Browsers that trust this authority open the widgets without a warning.

use std::fmt::Display;
use std::fs::{self, DirBuilder, OpenOptions};
use std::io::{self, ErrorKind, Write};
use std::iter;
use std::net::{Ipv4Addr, Ipv6Addr};
use std::path::{Path, PathBuf};
use std::process;
use std::sync::Arc;
use std::thread;

use rcgen::{
    BasicConstraints, CertificateParams, CidrSubnet, DistinguishedName, DnType, ExtendedKeyUsagePurpose,
    GeneralSubtree, IsCa, Issuer, KeyPair, KeyUsagePurpose, NameConstraints, PublicKeyData, SanType,
    SerialNumber, date_time_ymd,
};
use sha2::{Digest, Sha256};
use time::{Duration, OffsetDateTime};
use tokio_rustls::rustls::crypto::ring;
use tokio_rustls::rustls::pki_types::pem::PemObject;
use tokio_rustls::rustls::pki_types::{CertificateDer, PrivatePkcs8KeyDer};
use tokio_rustls::rustls::{self, ServerConfig};

use crate::error::SandboxError;

/// File name of the authority's certificate, which browsers must trust.
const CERTIFICATE: &str = "ca.pem";

/// File name of the authority's private key.
const KEY: &str = "ca-key.pem";

/// Lifetime of a server certificate. Browsers reject certificates with a lifetime above 398 days.
const SERVER_CERTIFICATE_LIFETIME: Duration = Duration::days(397);

/// Certificate authority that keeps its key and certificate in a folder.
pub(crate) struct LocalCa {
    issuer: Issuer<'static, KeyPair>,
    /// DNS names for which the authority is valid, in addition to `localhost`.
    names: Vec<String>,
    /// Path of the certificate that browsers must trust.
    pub(crate) certificate: PathBuf,
}

impl LocalCa {
    /// Opens the authority whose files are in `folder`. If the folder contains no authority, creates a new one.
    ///
    /// The authority is valid only for this machine and for hosts with these `names`.
    pub(crate) fn open(folder: &Path, names: &[String]) -> Result<Self, SandboxError> {
        let certificate = folder.join(CERTIFICATE);
        let failed = |error: &dyn Display| SandboxError::CertificateAuthority {
            folder: folder.to_owned(),
            reason: error.to_string(),
        };
        create_private_folder(folder).map_err(|error| failed(&error))?;
        let key = open_key(folder).map_err(|error| failed(&error))?;
        let params = params(&key, names);
        // If the key and the names are the same, a new certificate has the same content, so browsers still trust it.
        if !matches(&certificate, &key, &params) {
            let signed = params.self_signed(&key).map_err(|error| failed(&error))?;
            let new = temporary(&certificate);
            fs::write(&new, signed.pem())
                .and_then(|()| fs::rename(&new, &certificate))
                .map_err(|error| failed(&error))?;
        }
        Ok(Self { issuer: Issuer::new(params, key), names: names.to_owned(), certificate })
    }

    /// Creates a server certificate for this machine, and returns the TLS settings of a server that uses the
    /// certificate.
    pub(crate) fn server_config(&self) -> Result<ServerConfig, SandboxError> {
        let failed = |error: &dyn Display| SandboxError::CertificateAuthority {
            folder: self.certificate.parent().unwrap_or(Path::new("")).to_owned(),
            reason: error.to_string(),
        };
        let key = KeyPair::generate().map_err(|error| failed(&error))?;
        let mut params = CertificateParams::new(host_names(&self.names)).map_err(|error| failed(&error))?;
        params.subject_alt_names.push(SanType::IpAddress(Ipv4Addr::LOCALHOST.into()));
        params.subject_alt_names.push(SanType::IpAddress(Ipv6Addr::LOCALHOST.into()));
        params.distinguished_name = name("localhost");
        params.key_usages = vec![KeyUsagePurpose::DigitalSignature];
        params.extended_key_usages = vec![ExtendedKeyUsagePurpose::ServerAuth];
        params.use_authority_key_identifier_extension = true;
        // The certificate is valid from yesterday, because the clocks of a container and its host may differ.
        params.not_before = OffsetDateTime::now_utc() - Duration::DAY;
        params.not_after = params.not_before + SERVER_CERTIFICATE_LIFETIME;
        let certificate = params.signed_by(&key, &self.issuer).map_err(|error| failed(&error))?;
        let key = PrivatePkcs8KeyDer::from(key.serialize_der());
        let provider = Arc::new(ring::default_provider());
        let config = ServerConfig::builder_with_provider(provider)
            .with_safe_default_protocol_versions()
            .map_err(|error: rustls::Error| failed(&error))?
            .with_no_client_auth()
            .with_single_cert(vec![certificate.into()], key.into());
        config.map_err(|error| failed(&error))
    }
}

fn name(common: &str) -> DistinguishedName {
    let mut name = DistinguishedName::new();
    name.push(DnType::OrganizationName, "Renumerate sandbox");
    name.push(DnType::CommonName, common);
    name
}

/// Returns the parameters of the authority's certificate. The certificate is restricted to `localhost`, the loopback
/// addresses and `names`, which limits the damage if somebody steals the key.
fn params(key: &KeyPair, names: &[String]) -> CertificateParams {
    let mut params = CertificateParams::default();
    params.distinguished_name = name("Renumerate sandbox CA");
    params.is_ca = IsCa::Ca(BasicConstraints::Constrained(0));
    params.key_usages = vec![KeyUsagePurpose::KeyCertSign];
    params.extended_key_usages = vec![ExtendedKeyUsagePurpose::ServerAuth];
    params.name_constraints = Some(NameConstraints {
        permitted_subtrees: host_names(names)
            .into_iter()
            .map(GeneralSubtree::DnsName)
            .chain([
                GeneralSubtree::IpAddress(CidrSubnet::from_addr_prefix(Ipv4Addr::LOCALHOST.into(), 32)),
                GeneralSubtree::IpAddress(CidrSubnet::from_addr_prefix(Ipv6Addr::LOCALHOST.into(), 128)),
            ])
            .collect(),
        excluded_subtrees: Vec::new(),
    });
    // The serial number is computed from the key and the names, because browsers reject two certificates that have the
    // same issuer and serial number, but different content.
    let mut digest = Sha256::new_with_prefix(key.subject_public_key_info());
    for name in names {
        digest.update(name);
    }
    let digest: [u8; 32] = digest.finalize().into();
    params.serial_number =
        Some(SerialNumber::from(digest.iter().take(16).map(|byte| byte & 0x7f).collect::<Vec<_>>()));
    params.not_before = date_time_ymd(2026, 1, 1);
    params.not_after = date_time_ymd(2046, 1, 1);
    params
}

/// Reads the authority's private key from the key file. If the file does not exist, creates the key. If two sandboxes
/// create a key at the same time, both use the key that was created first.
fn open_key(folder: &Path) -> Result<KeyPair, Box<dyn std::error::Error>> {
    let file = folder.join(KEY);
    if !file.exists() {
        let new = temporary(&file);
        write_private(&new, &KeyPair::generate()?.serialize_pem())?;
        match fs::hard_link(&new, &file) {
            Ok(()) => fs::remove_file(&new)?,
            Err(error) if error.kind() == ErrorKind::AlreadyExists => fs::remove_file(&new)?,
            Err(_) => fs::rename(&new, &file)?, // the file system does not support hard links
        }
    }
    let invalid = |error| {
        format!("{} is not a private key ({error}); delete it, and trust the new ca.pem", file.display())
    };
    Ok(KeyPair::from_pem(&fs::read_to_string(&file)?).map_err(invalid)?)
}

/// Returns whether the file contains a certificate with this key and with the serial number from `params`.
fn matches(certificate: &Path, key: &KeyPair, params: &CertificateParams) -> bool {
    let serial = params.serial_number.as_ref().map(SerialNumber::to_bytes).unwrap_or_default();
    // A certificate omits zero bytes at the start of its serial number.
    let serial: Vec<u8> = serial.into_iter().skip_while(|byte| *byte == 0).collect();
    let contains = |der: &[u8], part: &[u8]| der.windows(part.len()).any(|window| window == part);
    CertificateDer::from_pem_file(certificate)
        .is_ok_and(|found| contains(&found, &key.subject_public_key_info()) && contains(&found, &serial))
}

/// Returns `localhost`, which is the DNS name of this machine, followed by `names`.
fn host_names(names: &[String]) -> Vec<String> {
    iter::once("localhost").chain(names.iter().map(String::as_str)).map(str::to_owned).collect()
}

/// Creates a folder, which other users cannot read on Unix.
fn create_private_folder(folder: &Path) -> io::Result<()> {
    let mut builder = DirBuilder::new();
    builder.recursive(true);
    #[cfg(unix)]
    std::os::unix::fs::DirBuilderExt::mode(&mut builder, 0o700);
    builder.create(folder)
}

/// Returns the path of a temporary file in the same folder. When its content is complete, it becomes `file`.
fn temporary(file: &Path) -> PathBuf {
    file.with_extension(format!("{}-{:?}.new", process::id(), thread::current().id()))
}

/// Writes a file, which other users cannot read on Unix.
fn write_private(file: &Path, text: &str) -> io::Result<()> {
    let mut options = OpenOptions::new();
    options.write(true).create(true).truncate(true);
    #[cfg(unix)]
    std::os::unix::fs::OpenOptionsExt::mode(&mut options, 0o600);
    options.open(file)?.write_all(text.as_bytes())
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeSet;
    use std::sync::Barrier;

    use super::*;

    #[test]
    fn concurrent_starts_share_one_key_that_only_the_owner_can_read() {
        let folder = std::env::temp_dir().join(format!("renumerate-concurrent-starts-{}", process::id()));
        for _ in 0..20 {
            let _may_be_missing = fs::remove_dir_all(&folder);
            let (together, file) = (Barrier::new(8), &folder);
            let keys: BTreeSet<_> = thread::scope(|scope| {
                let start = || {
                    together.wait();
                    LocalCa::open(file, &[]).unwrap().issuer.key().serialize_pem()
                };
                let starts: Vec<_> = (0..8).map(|_| scope.spawn(start)).collect();
                starts.into_iter().map(|start| start.join().unwrap()).collect()
            });
            assert_eq!(keys.len(), 1);
        }
        let mut files: Vec<_> =
            fs::read_dir(&folder).unwrap().map(|file| file.unwrap().file_name()).collect();
        files.sort_unstable();
        assert_eq!(files, [KEY, CERTIFICATE], "no temporary file is left");
        #[cfg(unix)]
        {
            let mode = std::os::unix::fs::PermissionsExt::mode(
                &fs::metadata(folder.join(KEY)).unwrap().permissions(),
            );
            assert_eq!(mode & 0o777, 0o600);
        }
        fs::remove_dir_all(folder).unwrap();
    }

    #[test]
    fn certificate_whose_serial_number_starts_with_zero_is_kept() {
        let folder = std::env::temp_dir().join(format!("renumerate-zero-serial-{}", process::id()));
        fs::create_dir_all(&folder).unwrap();
        let starts_with_zero =
            |key: &KeyPair| params(key, &[]).serial_number.unwrap().to_bytes().first() == Some(&0);
        // One key in 128 has such a serial number.
        let key = iter::repeat_with(|| KeyPair::generate().unwrap()).find(starts_with_zero).unwrap();
        fs::write(folder.join(KEY), key.serialize_pem()).unwrap();
        let first = fs::read(LocalCa::open(&folder, &[]).unwrap().certificate).unwrap();
        assert_eq!(fs::read(LocalCa::open(&folder, &[]).unwrap().certificate).unwrap(), first);
        fs::remove_dir_all(folder).unwrap();
    }

    #[test]
    fn certificate_of_another_key_is_replaced_and_invalid_key_is_named() {
        let folder = std::env::temp_dir().join(format!("renumerate-replaced-key-{}", process::id()));
        let certificate = LocalCa::open(&folder, &[]).unwrap().certificate;
        let first = fs::read(&certificate).unwrap();
        LocalCa::open(&folder, &[]).unwrap();
        assert_eq!(fs::read(&certificate).unwrap(), first, "a matching certificate is kept");
        fs::write(&certificate, "").unwrap();
        let key = LocalCa::open(&folder, &[]).unwrap().issuer.key().subject_public_key_info();
        assert!(
            fs::read(&certificate).unwrap().starts_with(b"-----BEGIN"),
            "the certificate is created again"
        );
        fs::remove_file(folder.join(KEY)).unwrap();
        let other = LocalCa::open(&folder, &[]).unwrap();
        assert_ne!(other.issuer.key().subject_public_key_info(), key);
        assert!(matches(&certificate, other.issuer.key(), &params(other.issuer.key(), &[])));
        let names = ["sandbox".to_owned()];
        let other = LocalCa::open(&folder, &names).unwrap();
        assert!(!matches(&certificate, other.issuer.key(), &params(other.issuer.key(), &[])));
        assert!(matches(&certificate, other.issuer.key(), &params(other.issuer.key(), &names)));
        fs::write(folder.join(KEY), "no key").unwrap();
        let error = LocalCa::open(&folder, &[]).map(drop).unwrap_err().to_string();
        assert!(error.contains(KEY) && error.contains("delete it"), "{error}");
        fs::remove_dir_all(folder).unwrap();
    }

    #[test]
    fn unusable_folder_is_named_with_the_reason() {
        let file = std::env::temp_dir().join(format!("renumerate-no-folder-{}", process::id()));
        fs::write(&file, "").unwrap();
        let error = LocalCa::open(&file.join("ca"), &[]).map(drop).unwrap_err().to_string();
        assert!(error.contains(&file.display().to_string()), "{error}");
        fs::remove_file(file).unwrap();
    }
}
