//! The sandbox's own certificate authority: browsers that trust it open the widgets without a warning.

use std::fs::{self, DirBuilder, OpenOptions};
use std::io::{self, ErrorKind, Write};
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

use crate::SandboxError;

/// The certificate to be trusted, in the folder of the authority.
const CERTIFICATE: &str = "ca.pem";

/// What signs; it stays in the folder of the authority.
const KEY: &str = "ca-key.pem";

/// How long the certificate of one start is good for: browsers take none that lasts longer than 398 days.
const LASTS: Duration = Duration::days(397);

/// An authority with its files.
pub(crate) struct Authority {
    issuer: Issuer<'static, KeyPair>,
    /// The certificate to be trusted.
    pub(crate) certificate: PathBuf,
}

impl Authority {
    /// The authority whose files are in this folder. The first start makes them.
    pub(crate) fn of(folder: &Path) -> Result<Self, SandboxError> {
        let certificate = folder.join(CERTIFICATE);
        let failed = |error: &dyn std::fmt::Display| {
            SandboxError::new(format!(
                "the certificate authority in {} is not to be had: {error}",
                folder.display()
            ))
        };
        make_for_the_owner(folder).map_err(|error| failed(&error))?;
        let key = key_of(folder).map_err(|error| failed(&error))?;
        let params = params(&key);
        // It says the same each time, but for its signature: whoever trusts an older one trusts this one.
        if !is_of(&certificate, &key) {
            let signed = params.self_signed(&key).map_err(|error| failed(&error))?;
            let new = beside(&certificate);
            fs::write(&new, signed.pem())
                .and_then(|()| fs::rename(&new, &certificate))
                .map_err(|error| failed(&error))?;
        }
        Ok(Self { issuer: Issuer::new(params, key), certificate })
    }

    /// How a server speaks TLS that is to be this machine.
    pub(crate) fn server_config(&self) -> Result<ServerConfig, SandboxError> {
        let failed =
            |error: &dyn std::fmt::Display| SandboxError::new(format!("no certificate can be made: {error}"));
        let key = KeyPair::generate().map_err(|error| failed(&error))?;
        let mut params = CertificateParams::new(["localhost".to_owned()]).map_err(|error| failed(&error))?;
        params.subject_alt_names.push(SanType::IpAddress(Ipv4Addr::LOCALHOST.into()));
        params.subject_alt_names.push(SanType::IpAddress(Ipv6Addr::LOCALHOST.into()));
        params.distinguished_name = name("localhost");
        params.key_usages = vec![KeyUsagePurpose::DigitalSignature];
        params.extended_key_usages = vec![ExtendedKeyUsagePurpose::ServerAuth];
        params.use_authority_key_identifier_extension = true;
        // The clocks of containers and their hosts differ.
        params.not_before = OffsetDateTime::now_utc() - Duration::DAY;
        params.not_after = params.not_before + LASTS;
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

/// What the authority may do: sign for servers on this machine alone, so that little is gained by stealing its key.
fn params(key: &KeyPair) -> CertificateParams {
    let mut params = CertificateParams::default();
    params.distinguished_name = name("Renumerate sandbox CA");
    params.is_ca = IsCa::Ca(BasicConstraints::Constrained(0));
    params.key_usages = vec![KeyUsagePurpose::KeyCertSign];
    params.extended_key_usages = vec![ExtendedKeyUsagePurpose::ServerAuth];
    params.name_constraints = Some(NameConstraints {
        permitted_subtrees: vec![
            GeneralSubtree::DnsName("localhost".to_owned()),
            GeneralSubtree::IpAddress(CidrSubnet::from_addr_prefix(Ipv4Addr::LOCALHOST.into(), 32)),
            GeneralSubtree::IpAddress(CidrSubnet::from_addr_prefix(Ipv6Addr::LOCALHOST.into(), 128)),
        ],
        excluded_subtrees: Vec::new(),
    });
    let digest: [u8; 32] = Sha256::digest(key.subject_public_key_info()).into();
    params.serial_number =
        Some(SerialNumber::from(digest.iter().take(16).map(|byte| byte & 0x7f).collect::<Vec<_>>()));
    params.not_before = date_time_ymd(2026, 1, 1);
    params.not_after = date_time_ymd(2046, 1, 1);
    params
}

/// The key of the authority. Of two sandboxes that make one at a time, both take that of the first.
fn key_of(folder: &Path) -> Result<KeyPair, Box<dyn std::error::Error>> {
    let file = folder.join(KEY);
    if !file.exists() {
        let new = beside(&file);
        write_for_the_owner(&new, &KeyPair::generate()?.serialize_pem())?;
        match fs::hard_link(&new, &file) {
            Ok(()) => fs::remove_file(&new)?,
            Err(error) if error.kind() == ErrorKind::AlreadyExists => fs::remove_file(&new)?,
            Err(_) => fs::rename(&new, &file)?, // a file system without links
        }
    }
    let broken =
        |error| format!("{} holds no key ({error}); delete it, and trust the new ca.pem", file.display());
    Ok(KeyPair::from_pem(&fs::read_to_string(&file)?).map_err(broken)?)
}

/// Whether a certificate is there, and is of this key.
fn is_of(certificate: &Path, key: &KeyPair) -> bool {
    let own = key.subject_public_key_info();
    CertificateDer::from_pem_file(certificate)
        .is_ok_and(|found| found.windows(own.len()).any(|part| part == own))
}

/// Makes a folder into which nobody else can look.
fn make_for_the_owner(folder: &Path) -> io::Result<()> {
    let mut builder = DirBuilder::new();
    builder.recursive(true);
    #[cfg(unix)]
    std::os::unix::fs::DirBuilderExt::mode(&mut builder, 0o700);
    builder.create(folder)
}

/// A name for a file that will take this one's place.
fn beside(file: &Path) -> PathBuf {
    file.with_extension(format!("{}-{:?}.new", process::id(), thread::current().id()))
}

/// Writes a file that nobody else can read, from its beginning.
fn write_for_the_owner(file: &Path, text: &str) -> io::Result<()> {
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
    fn all_who_come_at_a_time_have_one_authority_and_its_key_is_the_owners() {
        let folder = std::env::temp_dir().join(format!("renumerate-authority-{}", process::id()));
        for _ in 0..20 {
            let _it_may_not_be_there = fs::remove_dir_all(&folder);
            let (together, file) = (Barrier::new(8), &folder);
            let keys: BTreeSet<_> = thread::scope(|scope| {
                let start = || {
                    together.wait();
                    Authority::of(file).unwrap().issuer.key().serialize_pem()
                };
                let starts: Vec<_> = (0..8).map(|_| scope.spawn(start)).collect();
                starts.into_iter().map(|start| start.join().unwrap()).collect()
            });
            assert_eq!(keys.len(), 1);
        }
        let mut files: Vec<_> =
            fs::read_dir(&folder).unwrap().map(|file| file.unwrap().file_name()).collect();
        files.sort_unstable();
        assert_eq!(files, [KEY, CERTIFICATE], "nothing is left over");
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
    fn a_certificate_that_is_not_of_the_key_is_made_anew_and_a_broken_key_is_named() {
        let folder = std::env::temp_dir().join(format!("renumerate-mended-{}", process::id()));
        let certificate = Authority::of(&folder).unwrap().certificate;
        let first = fs::read(&certificate).unwrap();
        Authority::of(&folder).unwrap();
        assert_eq!(fs::read(&certificate).unwrap(), first, "what fits stays");
        fs::write(&certificate, "").unwrap();
        let key = Authority::of(&folder).unwrap().issuer.key().subject_public_key_info();
        assert!(is_of(
            &certificate,
            &KeyPair::from_pem(&fs::read_to_string(folder.join(KEY)).unwrap()).unwrap()
        ));
        fs::remove_file(folder.join(KEY)).unwrap();
        let other = Authority::of(&folder).unwrap();
        assert!(
            other.issuer.key().subject_public_key_info() != key && is_of(&certificate, other.issuer.key())
        );
        fs::write(folder.join(KEY), "no key").unwrap();
        let error = Authority::of(&folder).map(drop).unwrap_err().to_string();
        assert!(error.contains(KEY) && error.contains("delete it"), "{error}");
        fs::remove_dir_all(folder).unwrap();
    }

    #[test]
    fn a_folder_that_cannot_be_is_named_with_the_reason() {
        let file = std::env::temp_dir().join(format!("renumerate-no-folder-{}", process::id()));
        fs::write(&file, "").unwrap();
        let error = Authority::of(&file.join("ca")).map(drop).unwrap_err().to_string();
        assert!(error.contains(&file.display().to_string()), "{error}");
        fs::remove_file(file).unwrap();
    }
}
