//! `Sandbox::exchange`, with which a test exchanges a token as the browser does.

use std::time::{Duration, SystemTime};

use renumerate_sandbox::{Sandbox, SandboxError};

use crate::token::{payload, sign, token};

#[tokio::test]
async fn token_is_exchanged_for_a_session_whose_debug_output_is_masked() {
    let sandbox = Sandbox::start().await.unwrap();
    let sent = token("cus_1");
    let session = sandbox.exchange(&sent).await.unwrap();
    let lifetime = session.expires_at.duration_since(SystemTime::now()).unwrap();
    assert!(lifetime > Duration::from_secs(3590) && lifetime <= Duration::from_secs(3660), "{lifetime:?}");
    assert_eq!(sandbox.session(&session.id).unwrap().customer_id.as_deref(), Some("cus_1"));
    let printed = format!("{session:?}");
    assert!(printed.contains("r10_…") && !printed.contains(&session.id), "{printed}");
    let [request] = &sandbox.requests()[..] else { panic!("one request") };
    assert_eq!((request.path.as_str(), request.status), ("/v1/session/exchange", 200));
}

#[tokio::test]
async fn rejection_states_message_status_and_note() {
    let sandbox = Sandbox::start().await.unwrap();
    let forged = sign(&payload("cus_1"), "sk_live_other");
    let error = sandbox.exchange(&forged).await.unwrap_err();
    let text = error.to_string();
    assert!(
        text.starts_with(
            "could not exchange the token: Invalid signature (status 401); another key has signed"
        )
    );
    assert!(!text.contains('\n') && !format!("{error:?}").contains(&forged), "{error:?}");
    let SandboxError::TokenRejected { status: 401, message, note: Some(_) } = error else {
        panic!("{error:?}")
    };
    assert_eq!(message, "Invalid signature");
}

#[tokio::test]
async fn failures_of_magic_customers_are_reported() {
    let sandbox = Sandbox::start().await.unwrap();
    for (customer, text) in [
        ("cus_not_found", "could not exchange the token: Customer not found (status 404)"),
        ("cus_html", "could not exchange the token: the response contains no session (status 502)"),
        ("cus_redirect", "could not exchange the token: the response contains no session (status 302)"),
        ("cus_no_id", "could not exchange the token: the response contains no session (status 200)"),
    ] {
        assert_eq!(sandbox.exchange(&token(customer)).await.unwrap_err().to_string(), text);
    }
    for customer in ["cus_reset", "cus_truncated"] {
        let error = sandbox.exchange(&token(customer)).await.unwrap_err();
        assert!(matches!(error, SandboxError::ExchangeFailed { .. }), "{error:?}");
    }
}
