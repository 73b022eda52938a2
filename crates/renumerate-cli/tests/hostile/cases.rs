//! Cases that are made to fill the memory, or to hold up others.

use std::time::Duration;

use tokio::io::AsyncWriteExt;
use tokio::net::{TcpSocket, TcpStream};

use crate::server::Server;
use crate::wire::{PATH, ask, many};

async fn add(server: &Server, cases: &str) -> (u16, String) {
    let file = format!(r#"{{"cases":[{cases}]}}"#);
    let (status, answer) = ask(server.address, "POST", "/_sandbox/cases", "", &file).await;
    (status, answer.to_string())
}

/// Asks for what a case answers, reads nothing of it, and holds on to the connection.
async fn play(server: &Server, case: &str, run: usize) -> TcpStream {
    let socket = TcpSocket::new_v4().unwrap();
    socket.set_recv_buffer_size(4096).unwrap();
    let mut socket = socket.connect(server.address).await.unwrap();
    let head = format!("POST {PATH} HTTP/1.1\r\nhost: x\r\nx-brand-key: sk_case_{case}.{run}\r\n");
    socket.write_all(format!("{head}content-length: 0\r\n\r\n").as_bytes()).await.unwrap();
    socket
}

async fn requests(server: &Server) -> u64 {
    let (_, counts) = ask(server.address, "GET", "/_sandbox/counts", "", "").await;
    counts["requests"].as_u64().unwrap()
}

#[tokio::test(flavor = "multi_thread")]
async fn answers_that_wait_share_their_text() {
    let server = Server::start().await;
    let text = "x".repeat(900_000);
    let answers = [
        // The system itself holds megabytes for each of these.
        ("stalled", 40, r#""text":"x","repeat":16777216,"fault":"stall_in_body""#.to_owned()),
        ("delayed", 500, format!(r#""text":"{text}","delay_ms":3600000"#)),
        ("filled", 500, format!(r#""text":"{text}${{key}}""#)),
        ("json", 500, format!(r#""body":"{text}""#)),
    ];
    let mut held = Vec::new();
    for (name, clients, answer) in &answers {
        let case = format!(r#"{{"name":"{name}","exchanges":[{{"answer":{{{answer}}}}}]}}"#);
        assert_eq!(add(&server, &case).await, (200, format!(r#"{{"cases":["{name}"]}}"#)));
        let before = requests(&server).await;
        let all =
            server.while_others_are_answered(many(*clients, async |n| play(&server, name, n).await)).await;
        let with_these = before + u64::try_from(*clients).unwrap();
        while requests(&server).await < with_these {
            tokio::time::sleep(Duration::from_millis(20)).await;
        }
        held.push(all);
        server.assert_small();
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn large_case_files_hold_up_nobody() {
    let server = Server::start().await;
    let case = |name: &str, exchanges: usize| {
        format!(r#"{{"name":"{name}","exchanges":[{}]}}"#, vec!["{}"; exchanges].join(","))
    };
    let many_exchanges = case("a", 340_000);
    let refused = server.while_others_are_answered(add(&server, &many_exchanges)).await;
    assert!(refused.0 == 400 && refused.1.contains("more than 1000 exchanges"), "{refused:?}");

    // Each is read to its end, where it is no JSON.
    let values = vec![r#"{"a":0}"#; 120_000].join(",");
    let large = format!(r#"{{"name":"b","exchanges":[{{"answer":{{"body":[{values}]}}}}]}}"#);
    let wrong = format!("{large},");
    let all = many(16, async |_| add(&server, &wrong).await);
    for (status, answer) in server.while_others_are_answered(all).await {
        assert!(status == 400 && answer.contains("not a case file"), "{answer}");
    }

    let cases: Vec<_> = (0..340).map(|n| case(&format!("a{n}"), 1000)).collect();
    let refused = server.while_others_are_answered(add(&server, &cases.join(","))).await;
    assert!(refused.0 == 400 && refused.1.contains("more than 10000 exchanges"), "{refused:?}");
    let customers: Vec<_> = (0..9_900)
        .map(|n| format!(r#"{{"name":"c{n}","when":{{"customer_id":"{n}"}},"exchanges":[{{}}]}}"#))
        .collect();
    for cases in [large, customers.join(","), customers.join(","), cases[..9].join(",")] {
        let (status, answer) = server.while_others_are_answered(add(&server, &cases)).await;
        assert_eq!(status, 200, "{answer}");
    }
    let hold = async |n: usize| play(&server, &format!("a{}", n % 9), n).await;
    drop(server.while_others_are_answered(many(2_000, hold)).await);
}
