use super::*;

const GOLDEN: &str = "eyJicmFuZFB1YiI6InBrX2xpdmVfZXhhbXBsZSIsInN1YnNjcmliZXJJZCI6ImN1c19OZmZyRmVVZk5WMkhpYiIsInRpbWVzdGFtcCI6MTc2NzIyNTYwMDAwMCwibm9uY2UiOiIwMDExMjIzMzQ0NTU2Njc3ODg5OWFhYmJjY2RkZWVmZiJ9.XPvQs1R3X_mCAq7GdnqqBz4qfEjmP08Py-YylcQ3WBA";

fn keys(key: &str) -> Vec<String> {
    vec![key.to_owned()]
}

fn at(seconds: u64) -> SystemTime {
    UNIX_EPOCH + Duration::from_secs(seconds)
}

/// Returns a token with these parts before encoding.
fn token(payload: &str, signature: &[u8]) -> String {
    format!("{}.{}", URL_SAFE_NO_PAD.encode(payload), URL_SAFE_NO_PAD.encode(signature))
}

fn with_timestamp(timestamp: &str) -> HandshakeToken {
    let payload =
        format!(r#"{{"brandPub":"pk_a","subscriberId":"cus_1","timestamp":{timestamp},"nonce":"00"}}"#);
    HandshakeToken::parse(&token(&payload, b"x")).unwrap()
}

#[test]
fn golden_token_passes_each_check() {
    let token = HandshakeToken::parse(GOLDEN).unwrap();
    assert_eq!(
        (token.public_key.as_str(), token.customer_id.as_str()),
        ("pk_live_example", "cus_NffrFeUfNV2Hib")
    );
    assert_eq!(token.nonce, "00112233445566778899aabbccddeeff");
    assert_eq!(token.check_brand("pk_live_example"), Ok(()));
    assert_eq!(
        token.check_signature(&["sk_other".to_owned(), "sk_live_example".to_owned()]),
        Ok("sk_live_example")
    );
    assert_eq!(token.check_age(at(1_767_225_600)), Ok(()));
}

#[cfg(feature = "widgets")]
#[test]
fn created_token_equals_the_golden_token() {
    let nonce = 0x0011_2233_4455_6677_8899_aabb_ccdd_eeff_u128.to_be_bytes();
    let keys = ("pk_live_example", "sk_live_example");
    assert_eq!(create(keys, "cus_NffrFeUfNV2Hib", at(1_767_225_600), nonce).as_deref(), Some(GOLDEN));
}

#[cfg(feature = "widgets")]
#[test]
fn payload_of_an_invalid_token_is_readable() {
    for (token, text) in [
        ("eyJhIjoifn4ifQ==.x", Some(r#"{"a":"~~"}"#)),
        ("eyJhIjoiPz8ifQ.", Some(r#"{"a":"??"}"#)),
        ("eyJhIjoi4oKsPj4-In0", Some(r#"{"a":"€>>>"}"#)),
        ("eyJhIjoi4oKsPj4+In0=", Some(r#"{"a":"€>>>"}"#)),
        ("", None),
        (".x", None),
        ("e30 .x", None),
        ("_w.x", None),
    ] {
        assert_eq!(payload_text(token).as_deref(), text, "{token}");
    }
}

#[test]
fn changed_payload_or_signature_is_invalid() {
    let (payload, signature) = GOLDEN.split_once('.').unwrap();
    let payload = URL_SAFE_NO_PAD.decode(payload).unwrap();
    let signature = URL_SAFE_NO_PAD.decode(signature).unwrap();
    let payload = String::from_utf8(payload).unwrap();
    let is_valid = |payload: &str, signature: &[u8]| {
        let parsed = HandshakeToken::parse(&token(payload, signature)).unwrap();
        parsed.check_signature(&keys("sk_live_example")).is_ok()
    };
    assert!(is_valid(&payload, &signature));
    assert!(
        !is_valid(&payload.replace("Hib", "Hic"), &signature)
            && !is_valid(&format!("{payload} "), &signature)
    );
    for byte in 0..signature.len() {
        let mut changed = signature.clone();
        changed[byte] ^= 1;
        assert!(!is_valid(&payload, &changed), "byte {byte}");
    }
    assert!(!is_valid(&payload, &signature[..31]) && !is_valid(&payload, &[&signature[..], b"x"].concat()));
}

#[test]
fn age_limit_applies_in_both_directions() {
    let token = with_timestamp("1767225600000");
    for (now, is_valid) in [(-301, false), (-300, true), (0, true), (300, true), (301, false)] {
        let result = token.check_age(at(1_767_225_600_u64.checked_add_signed(now).unwrap()));
        assert_eq!(result.is_ok(), is_valid, "{now}: {result:?}");
    }
    assert_eq!(with_timestamp("1767225600000.25").check_age(at(1_767_225_600)), Ok(()));
    for (timestamp, part) in [
        ("1767225600", "is in seconds: use milliseconds"),
        ("1767225600000000", "microseconds"),
        ("1767225000000", "the token is 600 s old"),
        ("1767226200000", "600 s ahead"),
        ("-1", "s old"),
    ] {
        let error = with_timestamp(timestamp).check_age(at(1_767_225_600)).unwrap_err();
        assert_eq!(error.kind, TokenErrorKind::Expired);
        assert!(error.remedy.contains(part), "{timestamp}: {error}");
    }
}

#[test]
fn invalid_format_is_rejected_with_the_part() {
    let payload = |text: &str| token(text, b"x");
    for (text, part) in [
        ("", "not payload.signature"),
        ("eyJ9", "not payload.signature"),
        (".", "not payload.signature"),
        ("e30.", "not payload.signature"),
        ("a.b.c", "like a JWT"),
        ("a.b.c.d", "not payload.signature"),
        (r#"{"token": "a.b"}"#, "is JSON, not a token"),
        ("\"a.b\"", "is JSON, not a token"),
        ("a b.c", "first part of the token is not base64url"),
        ("e30=.e30", "first part of the token has padding"),
        ("e30.ab+/", "second part of the token is base64; use base64url"),
        ("e30.e30\n", "second part of the token is not base64url"),
        (&payload("[]"), "does not contain a JSON object"),
        (&payload("{"), "does not contain a JSON object"),
        (&payload(r#"{"brand_pub": "pk_a"}"#), "needs the text brandPub"),
        (&payload(r#"{"brandPub": "pk_a", "subscriberId": 7}"#), "needs the text subscriberId"),
        (
            &payload(r#"{"brandPub": "a", "subscriberId": "c", "timestamp": "1"}"#),
            "needs the number timestamp",
        ),
        (
            &payload(r#"{"brandPub": "a", "subscriberId": "c", "timestamp": 1, "nonce": ""}"#),
            "needs the text nonce",
        ),
    ] {
        let error = HandshakeToken::parse(text).unwrap_err();
        assert_eq!(error.kind, TokenErrorKind::Format);
        assert!(error.remedy.contains(part), "{text}: {error}");
    }
}

#[test]
fn mistakes_of_the_signer_are_named() {
    let payload = r#"{"brandPub":"pk_a","subscriberId":"cus_1","timestamp":1,"nonce":"00"}"#;
    let signed = |key: &str, text: &str| hmac(key, text.as_bytes());
    let hex = signed("sk_a", payload).iter().fold(String::new(), |hex, byte| hex + &format!("{byte:02x}"));
    for (signature, part) in [
        (hex.into_bytes(), "encoded hex digits"),
        (b"short".to_vec(), "has 5 bytes"),
        (signed("pk_a", payload), "with the public key"),
        (signed("sk_a", &URL_SAFE_NO_PAD.encode(payload)), "encoded payload is signed"),
        (signed("sk_a\n", payload), "ends with white space"),
        (signed("sk_b", payload), "another key"),
    ] {
        let error = HandshakeToken::parse(&token(payload, &signature)).unwrap();
        let error = error.check_signature(&keys("sk_a")).unwrap_err();
        assert!(error.kind == TokenErrorKind::Signature && error.remedy.contains(part), "{part}: {error}");
        assert!(!error.to_string().contains("sk_"), "{error}");
    }
}

#[test]
fn wrong_brand_is_rejected_without_the_key_in_the_token() {
    for (brand, part) in [("pk_other_1", "is not the public key pk_a"), ("sk_planted_1", "is a private key")]
    {
        let payload =
            format!(r#"{{"brandPub":"{brand}","subscriberId":"cus_1","timestamp":1,"nonce":"00"}}"#);
        let error = HandshakeToken::parse(&token(&payload, b"x")).unwrap().check_brand("pk_a").unwrap_err();
        assert!(error.kind == TokenErrorKind::Brand && error.remedy.contains(part), "{error}");
        assert!(!error.to_string().contains(brand), "{error}");
    }
}

fn hmac(key: &str, signed: &[u8]) -> Vec<u8> {
    use hmac::{Hmac, KeyInit, Mac};

    let mac = Hmac::<sha2::Sha256>::new_from_slice(key.as_bytes()).unwrap();
    mac.chain_update(signed).finalize().into_bytes().to_vec()
}
