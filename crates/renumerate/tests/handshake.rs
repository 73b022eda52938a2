//! Tests of handshake tokens that clients create.
#![allow(clippy::unwrap_used, clippy::panic, reason = "tests fail loudly")]

use std::time::{Duration, SystemTime};

use renumerate::{Client, HandshakeToken, Result, blocking};

/// Creates a token with the async and with the blocking client. Asserts that both have the same result.
fn create(public_key: Option<&str>, private_key: &str, customer_id: &str) -> Result<HandshakeToken> {
    let mut builder = Client::builder().private_key(private_key);
    if let Some(key) = public_key {
        builder = builder.public_key(key);
    }
    let blocking = blocking::Client::builder().private_key(private_key);
    let blocking = public_key.into_iter().fold(blocking, blocking::ClientBuilder::public_key);
    let token = builder.build().unwrap().create_handshake_token(customer_id);
    let other = blocking.build().unwrap().create_handshake_token(customer_id);
    match (&token, &other) {
        (Ok(token), Ok(other)) => assert_ne!(token.token(), other.token()),
        (Err(error), Err(other)) => assert_eq!(error.to_string(), other.to_string()),
        _ => panic!("{token:?} {other:?}"),
    }
    token
}

/// Rules: T1, T5
#[test]
fn clients_create_tokens_without_a_runtime() {
    let before = SystemTime::now();
    let token = create(Some("pk_live_1"), "sk_live_planted", "cus_1").unwrap();
    let lifetime = Duration::from_secs(300);
    // A timestamp has whole milliseconds.
    let earliest = before + lifetime - Duration::from_millis(1);
    assert!((earliest..=SystemTime::now() + lifetime).contains(&token.expires_at()), "{token:?}");
    let json = serde_json::to_value(&token).unwrap();
    assert_eq!(json, serde_json::json!({"token": token.token()}));
    let (payload, signature) = token.token().split_once('.').unwrap();
    assert!(payload.len() > 100 && signature.len() == 43 && !format!("{token:?}").contains(payload));
}

/// Rules: S21, T3, X1
#[test]
fn keys_are_checked_when_a_token_is_created() {
    for (public_key, private_key, text) in [
        (
            None,
            "sk_live_planted",
            "RENUMERATE_PUBLIC_KEY is empty or not set; set it to the brand's public key, or pass public_key",
        ),
        (
            Some(""),
            "sk_live_planted",
            "public_key is empty; copy the brand's public key from Renumerate's dashboard",
        ),
        (
            Some("sk_live_planted"),
            "sk_live_planted",
            "public_key is the private key, which browsers could read; copy the brand's public key from Renumerate's dashboard",
        ),
        (
            Some("pk_live_1"),
            "pk_live_planted",
            "private_key begins with pk_, so it is probably the public key; copy the brand's private key from Renumerate's dashboard",
        ),
    ] {
        let error = create(public_key, private_key, "cus_1").unwrap_err();
        assert_eq!((error.code(), error.to_string().as_str()), ("configuration", text));
        assert!(!format!("{error:?}").contains("planted"));
    }
    let client =
        Client::builder().private_key("sk_live_planted").public_key("sk_live_planted").build().unwrap();
    assert!(!format!("{client:?}").contains("planted"));
}

/// Rules: V2, V3, V4
#[test]
fn customer_id_is_checked_first() {
    for id in ["", "a b", &format!("ret_{}", "x".repeat(80)), &format!("eyJ{}.x", "x".repeat(80))] {
        let error = create(None, "sk_live_planted", id).unwrap_err();
        assert_eq!((error.code(), error.field()), ("validation", Some("customer_id")), "{id}");
    }
}
