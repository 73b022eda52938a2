//! Tests of the verifier: accepted certificates, and the reasons of rejected ones.

use rcgen::{
    BasicConstraints, CertificateParams, CertifiedIssuer, DnType, ExtendedKeyUsagePurpose, IsCa, KeyPair,
    SanType, date_time_ymd,
};
use rustls::pki_types::pem::PemObject;
use rustls::pki_types::{CertificateDer, ServerName, UnixTime};

use super::*;
use crate::error::Explanation;

type Der = CertificateDer<'static>;

/// A certificate that may sign others, as `openssl req -x509` makes it.
const AUTHORITY: IsCa = IsCa::Ca(BasicConstraints::Unconstrained);

/// Reads a certificate that rcgen can't make. `openssl` has made it for the name `localhost`. It is valid from 2026 to
/// 2125.
macro_rules! openssl_certificate {
    ($name:literal) => {
        Der::from_pem_slice(include_bytes!(concat!("testdata/", $name, ".pem"))).unwrap()
    };
}

/// Parameters of a certificate for these names that is valid in 2026.
fn params(names: &[&str], is_ca: IsCa) -> CertificateParams {
    let names: Vec<_> = names.iter().map(|name| (*name).to_owned()).collect();
    let mut params = CertificateParams::new(names).unwrap();
    params.is_ca = is_ca;
    params.distinguished_name.push(DnType::CommonName, "localhost");
    (params.not_before, params.not_after) = (date_time_ymd(2026, 1, 1), date_time_ymd(2027, 1, 1));
    params
}

fn self_signed(names: &[&str], is_ca: IsCa) -> Der {
    params(names, is_ca).self_signed(&KeyPair::generate().unwrap()).unwrap().der().clone()
}

fn authority() -> CertifiedIssuer<'static, KeyPair> {
    let mut params = params(&[], AUTHORITY);
    params.distinguished_name.push(DnType::CommonName, "An authority");
    CertifiedIssuer::self_signed(params, KeyPair::generate().unwrap()).unwrap()
}

fn noon(year: i32) -> UnixTime {
    let seconds = date_time_ymd(year, 7, 1).unix_timestamp() + 43_200;
    UnixTime::since_unix_epoch(std::time::Duration::from_secs(seconds.try_into().unwrap()))
}

async fn verifier(extra_roots: ExtraRoots) -> LazyVerifier {
    let verifier = LazyVerifier::new(&extra_roots);
    verifier.start_loading().unwrap().result().await.unwrap();
    verifier
}

/// Returns a verifier with these certificates in `ca_bundle`.
async fn verifier_with(ca_bundle: &[&Der]) -> LazyVerifier {
    let ca_bundle = ca_bundle.iter().map(|certificate| (*certificate).clone()).collect();
    verifier(ExtraRoots { ca_bundle, host_ca_file: None }).await
}

/// Verifies the certificate for this name in the middle of this year. Returns the error and the hint.
fn verify(
    verifier: &LazyVerifier,
    chain: &[&Der],
    name: &str,
    year: i32,
) -> std::result::Result<(), (String, String)> {
    let chain: Vec<_> = chain.iter().map(|certificate| (*certificate).clone()).collect();
    let name = ServerName::try_from(name).unwrap();
    let (server, intermediates) = chain.split_first().unwrap();
    let result = verifier.verify_server_cert(server, intermediates, &name, &[], noon(year));
    result.map(|_| ()).map_err(|error| (error.to_string(), explanation(&error)))
}

/// Returns the reason for a permanent failure, and the remedy.
fn explanation(error: &rustls::Error) -> String {
    let Explanation { reason, remedy } = explain_tls(error);
    format!("{}; {}", reason.as_str(), remedy.unwrap().as_str())
}

/// Returns the explanation for a certificate that must be rejected in the year 2026.
fn rejection(verifier: &LazyVerifier, certificate: &Der, name: &str) -> String {
    let (error, hint) = verify(verifier, &[certificate], name, 2026).unwrap_err();
    assert!(error.len() < 1000 && hint.len() < 1000, "{error}; {hint}");
    assert!(!hint.contains("clock") && !hint.chars().any(char::is_control), "{hint}");
    hint
}

/// Rules: S13
#[tokio::test]
async fn self_signed_certificate_in_ca_bundle_is_accepted_for_its_names_and_period() {
    for is_ca in [AUTHORITY, IsCa::NoCa, IsCa::ExplicitNoCa] {
        let certificate = self_signed(&["localhost", "*.example.com", "127.0.0.1"], is_ca);
        let verifier = verifier_with(&[&certificate]).await;
        for name in ["localhost", "a.example.com", "127.0.0.1"] {
            verify(&verifier, &[&certificate], name, 2026).unwrap();
        }
        for name in ["other.example", "example.com", "a.b.example.com", "127.0.0.2"] {
            let names = "the server's certificate is only for localhost, *.example.com, 127.0.0.1; check the host of base_url";
            assert_eq!(rejection(&verifier, &certificate, name), names, "{is_ca:?} {name}");
        }
        for (year, boundary, now) in [
            (2025, "valid from Thu, 01 Jan 2026 00:00:00 GMT", "Tue, 01 Jul 2025 12:00:00 GMT"),
            (2027, "expired on Fri, 01 Jan 2027 00:00:00 GMT", "Thu, 01 Jul 2027 12:00:00 GMT"),
        ] {
            let (_, hint) = verify(&verifier, &[&certificate], "localhost", year).unwrap_err();
            let dates = format!("{boundary}, and this machine's clock says {now}");
            assert!(hint.contains(&dates), "{is_ca:?}: {hint}");
        }
    }
}

/// Rules: S13
#[tokio::test]
async fn only_the_exact_certificate_is_accepted_without_an_issuer() {
    let [listed, same_names] = [(); 2].map(|()| self_signed(&["localhost"], AUTHORITY));
    let verifier = verifier_with(&[&listed, &authority().der().clone()]).await;
    verify(&verifier, &[&listed], "localhost", 2026).unwrap();
    assert!(rejection(&verifier, &same_names, "localhost").contains("this very certificate as ca_bundle"));
    // A listed certificate that is sent as an intermediate one does not make the server's certificate trusted.
    assert!(verify(&verifier, &[&same_names, &listed], "localhost", 2026).is_err());
    // Its issuer has the name of a listed certificate, but another key.
    let not_an_authority = self_signed(&["localhost"], IsCa::NoCa);
    assert!(
        rejection(&verifier, &not_an_authority, "localhost")
            .contains("set the current certificate file as ca_bundle")
    );
    let mut unknown = params(&["localhost"], IsCa::NoCa);
    unknown.distinguished_name.push(DnType::CommonName, "Unknown issuer of a test");
    let unknown = unknown.self_signed(&KeyPair::generate().unwrap()).unwrap();
    assert!(rejection(&verifier, unknown.der(), "localhost").contains("private authority"));
}

/// Rules: S13
#[tokio::test]
async fn listed_certificate_needs_no_valid_issuer_but_the_purpose_of_a_server() {
    let issuer = authority();
    let signed = |params: CertificateParams| {
        params.signed_by(&KeyPair::generate().unwrap(), &issuer).unwrap().der().clone()
    };
    let server = signed(params(&["localhost"], IsCa::NoCa));
    let mut client_only = params(&["localhost"], IsCa::NoCa);
    client_only.extended_key_usages.push(ExtendedKeyUsagePurpose::ClientAuth);
    let client_only = signed(client_only);
    let mut expired = params(&[], AUTHORITY);
    (expired.not_before, expired.not_after) = (date_time_ymd(2020, 1, 1), date_time_ymd(2021, 1, 1));
    let expired = signed(expired);
    let verifier = verifier_with(&[&server, &client_only]).await;
    verify(&verifier, &[&server, &issuer.der().clone(), &expired], "localhost", 2026).unwrap();
    assert!(rejection(&verifier, &client_only, "localhost").contains("not for servers (extendedKeyUsage)"));
}

/// Rules: S13
#[tokio::test]
async fn certificate_in_the_host_ca_file_is_accepted_like_one_in_ca_bundle() {
    let key = KeyPair::generate().unwrap();
    let certificate = params(&["localhost"], AUTHORITY).self_signed(&key).unwrap();
    let file = std::env::temp_dir().join(format!("renumerate-host-ca-{}.pem", std::process::id()));
    std::fs::write(&file, certificate.pem()).unwrap();
    let verifier = verifier(ExtraRoots { ca_bundle: Vec::new(), host_ca_file: Some(file.clone()) }).await;
    std::fs::remove_file(file).unwrap();
    verify(&verifier, &[certificate.der()], "localhost", 2026).unwrap();
}

/// Rules: S13, E9
#[tokio::test]
async fn certificate_without_names_is_rejected_despite_its_common_name() {
    let hint_of_no_name = "names no host in subjectAltName, and a common name does not count";
    for is_ca in [AUTHORITY, IsCa::NoCa] {
        let certificate = self_signed(&[], is_ca);
        let verifier = verifier_with(&[&certificate]).await;
        assert!(rejection(&verifier, &certificate, "localhost").contains(hint_of_no_name));
    }
    // A name that is no host does not count either.
    let mut mail = params(&[], AUTHORITY);
    mail.subject_alt_names.push(SanType::Rfc822Name("mail@localhost".try_into().unwrap()));
    let mail = mail.self_signed(&KeyPair::generate().unwrap()).unwrap().der().clone();
    assert!(rejection(&verifier_with(&[&mail]).await, &mail, "localhost").contains(hint_of_no_name));
    // Certificates of version 1 have no extensions.
    let verifier = verifier_with(&[&openssl_certificate!("authority")]).await;
    assert!(rejection(&verifier, &openssl_certificate!("version1"), "localhost").contains(hint_of_no_name));
}

/// Rules: S13, E9
#[tokio::test]
async fn names_in_an_error_are_plain_and_few() {
    let many: Vec<_> = (0..1000).map(|n| format!("host{n}.example")).collect();
    let many = self_signed(&many.iter().map(String::as_str).collect::<Vec<_>>(), AUTHORITY);
    let verifier = verifier_with(&[&many]).await;
    let listed = rejection(&verifier, &many, "localhost");
    assert!(listed.contains("host3.example, host4.example, 995 more; "), "{listed}");

    let odd = format!("a\u{1b}[31m\n\"b{}.example", "c".repeat(5000));
    let odd = self_signed(&[&odd, "2001:db8::1"], AUTHORITY);
    let verifier = verifier_with(&[&odd]).await;
    let (error, _) = verify(&verifier, &[&odd], "localhost", 2026).unwrap_err();
    assert!(!error.contains(['\u{1b}', '\n']), "{error}");
    let listed = rejection(&verifier, &odd, "localhost");
    assert!(listed.contains("a??31m??b") && listed.contains("…, 2001:db8::1"), "{listed}");
}

/// Rules: S13, E9
#[tokio::test]
async fn weak_signatures_are_named() {
    let verifier =
        verifier_with(&[&openssl_certificate!("authority"), &openssl_certificate!("rsa1024_authority")])
            .await;
    assert!(rejection(&verifier, &openssl_certificate!("sha1"), "localhost").contains("signed with SHA-1"));
    let of_weak_authority = rejection(&verifier, &openssl_certificate!("signed_by_rsa1024"), "localhost");
    assert!(of_weak_authority.contains("RSA under 2048 bits"), "{of_weak_authority}");
    // The issuer has the name of a trusted authority, but a key of another kind.
    let mut other_key = params(&["localhost"], IsCa::NoCa);
    other_key.distinguished_name.push(DnType::CommonName, "Weak authority");
    let other_key = other_key.self_signed(&KeyPair::generate().unwrap()).unwrap();
    assert!(rejection(&verifier, other_key.der(), "localhost").contains("not signed with the trusted key"));
    // The signature of a certificate that is trusted itself proves nothing, so its algorithm does not matter.
    let sha1 = openssl_certificate!("sha1");
    verify(&verifier_with(&[&sha1]).await, &[&sha1], "localhost", 2026).unwrap();
}

/// Rules: S13
#[tokio::test]
async fn authority_of_version_1_in_ca_bundle_is_accepted() {
    let verifier = verifier_with(&[&openssl_certificate!("version1_root")]).await;
    verify(&verifier, &[&openssl_certificate!("signed_by_version1")], "localhost", 2026).unwrap();
}

/// Rules: S13, E9
#[test]
fn other_reasons_have_a_hint_without_the_clock() {
    use rustls::CertificateError::{
        BadEncoding, Expired, NotValidForName, NotValidYet, Other, Revoked, UnhandledCriticalExtension,
    };
    let hint = |error: rustls::CertificateError| explanation(&error.into());
    let wrapped = |error| Other(rustls::OtherError(Arc::new(error)));
    for error in [BadEncoding, Revoked, UnhandledCriticalExtension, wrapped(webpki::Error::EndEntityUsedAsCa)]
    {
        assert_eq!(
            hint(error),
            "the server's certificate is invalid; ask the server's operator for another certificate"
        );
    }
    assert!(hint(NotValidForName).contains("base_url"));
    for error in [Expired, NotValidYet] {
        assert!(hint(error).contains("this machine's clock"));
    }
}

/// Rules: S13
#[test]
fn platform_roots_are_not_loaded_before_a_handshake() {
    let settings = TlsSettings::new(&ExtraRoots::default()).unwrap();
    assert!(settings.verifier.loading.lock().unwrap().is_none());
}
