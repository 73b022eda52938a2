//! OpenAPI description of the sandbox. `tests/contract/run` tests the sandbox against it with schemathesis.
#![allow(clippy::unwrap_used, clippy::indexing_slicing, reason = "tests fail loudly")]

use renumerate_sandbox::{Sandbox, Seed};
use serde_json::{Value, json};
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::TcpStream;

#[path = "exchange/token.rs"]
mod token;

const FILE: &str = include_str!("../openapi.json");

fn description() -> Value {
    serde_json::from_str(FILE).unwrap()
}

async fn send(sandbox: &Sandbox, method: &str, path: &str, body: &str) -> (String, String) {
    let request = format!(
        "{method} {path} HTTP/1.1\r\nhost: x\r\nconnection: close\r\nx-brand-key: {}\r\n\
         content-type: application/json\r\ncontent-length: {}\r\n\r\n{body}",
        sandbox.private_key(),
        body.len()
    );
    let mut socket = TcpStream::connect(sandbox.address()).await.unwrap();
    socket.write_all(request.as_bytes()).await.unwrap();
    let mut received = String::new();
    socket.read_to_string(&mut received).await.unwrap();
    let (head, body) = received.split_once("\r\n\r\n").unwrap();
    (head.to_owned(), body.to_owned())
}

#[tokio::test]
async fn description_is_served_unchanged() {
    let sandbox = Sandbox::start().await.unwrap();
    let (head, body) = send(&sandbox, "GET", "/_sandbox/openapi.json", "").await;
    assert!(
        head.starts_with("HTTP/1.1 200 ") && head.contains("content-type: application/json\r\n"),
        "{head}"
    );
    assert_eq!(body, FILE);
    assert!(sandbox.requests().is_empty(), "requests to the sandbox's own paths are not recorded");
}

#[test]
fn description_has_the_package_version_and_a_relative_server_url() {
    let description = description();
    assert_eq!(description["openapi"], "3.1.0");
    assert_eq!(description["info"]["version"], env!("CARGO_PKG_VERSION"), "set info.version in openapi.json");
    let servers: Vec<&Value> =
        description["servers"].as_array().unwrap().iter().map(|server| &server["url"]).collect();
    assert_eq!(servers, [&json!("/")]);
}

#[tokio::test]
async fn examples_match_the_accepted_requests_and_the_error_responses() {
    // These keys match the token in the example of the exchange, which has expired.
    let builder = Sandbox::builder().private_key("sk_live_example").public_key("pk_live_example");
    let sandbox = builder.start().await.unwrap();
    let description = description();
    let mut requests = 0;
    for (path, operation) in description["paths"].as_object().unwrap() {
        let examples = &operation["post"]["requestBody"]["content"]["application/json"]["examples"];
        for (name, example) in examples.as_object().unwrap() {
            let (head, body) = send(&sandbox, "POST", path, &example["value"].to_string()).await;
            requests += 1;
            if name == "expired" {
                assert!(head.starts_with("HTTP/1.1 401 "), "{path} {name}: {head}");
                let responses = &description["components"]["responses"];
                let examples = &responses["InvalidToken"]["content"]["application/json"]["examples"];
                assert_eq!(serde_json::from_str::<Value>(&body).unwrap(), examples["expired"]["value"]);
            } else {
                assert!(head.starts_with("HTTP/1.1 200 "), "{path} {name}: {head}");
            }
        }
    }
    assert_eq!(requests, 5);

    let error_example = |response: &str| {
        let examples =
            &description["components"]["responses"][response]["content"]["application/json"]["examples"];
        examples.as_object().unwrap().values().next().unwrap()["value"].clone()
    };
    let path = "/v1/retention/session";
    for (response, body) in [
        ("BadRequest", json!({"retention": {}})),
        ("NotFound", json!({"retention": {"customer_id": "cus_not_found"}})),
        ("TooManyRequests", json!({"retention": {"customer_id": "cus_rate_limited"}})),
        ("ServerError", json!({"retention": {"customer_id": "cus_server_error"}})),
    ] {
        let (_, received) = send(&sandbox, "POST", path, &body.to_string()).await;
        assert_eq!(serde_json::from_str::<Value>(&received).unwrap(), error_example(response), "{response}");
    }
    let with_other_key = Sandbox::builder().private_key("sk_sandbox_other").start().await.unwrap();
    let request =
        format!("POST {path} HTTP/1.1\r\nhost: x\r\nconnection: close\r\ncontent-length: 0\r\n\r\n");
    let mut socket = TcpStream::connect(with_other_key.address()).await.unwrap();
    socket.write_all(request.as_bytes()).await.unwrap();
    let mut received = String::new();
    socket.read_to_string(&mut received).await.unwrap();
    assert!(received.ends_with(&error_example("Unauthorized").to_string()), "{received}");
}

#[tokio::test]
async fn examples_of_the_exchange_match_the_responses_for_missing_customers() {
    let seed: Seed = serde_json::from_value(json!({"customers": [{"id": "cus_1"}]})).unwrap();
    let sandbox = Sandbox::builder().seed(seed).start().await.unwrap();
    let description = description();
    let examples = &description["components"]["responses"]["NoActiveCustomer"]["content"]["application/json"]
        ["examples"];
    for (customer, example) in [("cus_2", "no_customer"), ("cus_1", "no_subscription")] {
        let body = json!({"handshakeToken": token::token(customer)}).to_string();
        let (_, received) = send(&sandbox, "POST", "/v1/session/exchange", &body).await;
        assert_eq!(
            serde_json::from_str::<Value>(&received).unwrap(),
            examples[example]["value"],
            "{customer}"
        );
    }
}
