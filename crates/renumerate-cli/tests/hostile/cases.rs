//! Case files that try to exhaust the memory or to delay other clients.

use std::time::Duration;

use tokio::io::AsyncWriteExt;
use tokio::net::{TcpSocket, TcpStream};

use crate::raw_http::{PATH, repeat, send_json};
use crate::server::Server;

/// Adds cases. Returns the status and the body of the response.
async fn add_cases(server: &Server, cases: &str) -> (u16, String) {
    let file = format!(r#"{{"cases":[{cases}]}}"#);
    let (status, body) = send_json(server.address, "POST", "/_sandbox/cases", "", &file).await;
    (status, body.to_string())
}

/// Sends a request that selects a case. Returns the connection without reading the response.
async fn request_case(server: &Server, case: &str, run: usize) -> TcpStream {
    let socket = TcpSocket::new_v4().unwrap();
    socket.set_recv_buffer_size(4096).unwrap();
    let mut socket = socket.connect(server.address).await.unwrap();
    let head = format!("POST {PATH} HTTP/1.1\r\nhost: x\r\nx-brand-key: sk_case_{case}.{run}\r\n");
    socket.write_all(format!("{head}content-length: 0\r\n\r\n").as_bytes()).await.unwrap();
    socket
}

async fn count_requests(server: &Server) -> u64 {
    let (_, counts) = send_json(server.address, "GET", "/_sandbox/counts", "", "").await;
    counts["requests"].as_u64().unwrap()
}

#[tokio::test(flavor = "multi_thread")]
async fn pending_responses_share_their_text() {
    let server = Server::start().await;
    let text = "x".repeat(900_000);
    let responses = [
        // The system buffers megabytes for each of these connections.
        ("stalled", 40, r#""text":"x","repeat":16777216,"fault":"stall_in_body""#.to_owned()),
        ("delayed", 500, format!(r#""text":"{text}","delay_ms":3600000"#)),
        ("filled", 500, format!(r#""text":"{text}${{key}}""#)),
        ("json", 500, format!(r#""body":"{text}""#)),
    ];
    let mut connections = Vec::new();
    for (name, clients, response) in &responses {
        let case = format!(r#"{{"name":"{name}","exchanges":[{{"answer":{{{response}}}}}]}}"#);
        assert_eq!(add_cases(&server, &case).await, (200, format!(r#"{{"cases":["{name}"]}}"#)));
        let before = count_requests(&server).await;
        let requests = repeat(*clients, async |n| request_case(&server, name, n).await);
        let opened = server.run_with_bystander(requests).await;
        let expected = before + u64::try_from(*clients).unwrap();
        while count_requests(&server).await < expected {
            tokio::time::sleep(Duration::from_millis(20)).await;
        }
        connections.push(opened);
        server.assert_memory_limit();
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn large_case_files_do_not_delay_other_clients() {
    let server = Server::start().await;
    let case = |name: &str, exchanges: usize| {
        format!(r#"{{"name":"{name}","exchanges":[{}]}}"#, vec!["{}"; exchanges].join(","))
    };
    let many_exchanges = case("a", 340_000);
    let response = server.run_with_bystander(add_cases(&server, &many_exchanges)).await;
    assert!(response.0 == 400 && response.1.contains("more than 1000 exchanges"), "{response:?}");

    // The JSON is invalid at its end, so that the whole file is parsed.
    let values = vec![r#"{"a":0}"#; 120_000].join(",");
    let large = format!(r#"{{"name":"b","exchanges":[{{"answer":{{"body":[{values}]}}}}]}}"#);
    let invalid = format!("{large},");
    let requests = repeat(16, async |_| add_cases(&server, &invalid).await);
    for (status, body) in server.run_with_bystander(requests).await {
        assert!(status == 400 && body.contains("not a case file"), "{body}");
    }

    let cases: Vec<_> = (0..340).map(|n| case(&format!("a{n}"), 1000)).collect();
    let response = server.run_with_bystander(add_cases(&server, &cases.join(","))).await;
    assert!(response.0 == 400 && response.1.contains("more than 10000 exchanges"), "{response:?}");
    let customers: Vec<_> = (0..9_900)
        .map(|n| format!(r#"{{"name":"c{n}","when":{{"customer_id":"{n}"}},"exchanges":[{{}}]}}"#))
        .collect();
    for cases in [large, customers.join(","), customers.join(","), cases[..9].join(",")] {
        let (status, body) = server.run_with_bystander(add_cases(&server, &cases)).await;
        assert_eq!(status, 200, "{body}");
    }
    let request = async |n: usize| request_case(&server, &format!("a{}", n % 9), n).await;
    drop(server.run_with_bystander(repeat(2_000, request)).await);
}
