//! Client of the event stream.

use renumerate_sandbox::Sandbox;
use serde_json::Value;
use tokio::io::{AsyncBufReadExt, BufReader, Lines};
use tokio::net::TcpStream;
use tokio::time::timeout;

use crate::support::{TIMEOUT, connect};

/// Open event stream.
pub(crate) struct EventStream(Lines<BufReader<TcpStream>>);

#[derive(Debug)]
pub(crate) struct Event {
    pub(crate) name: String,
    pub(crate) id: Option<String>,
    pub(crate) data: Value,
    pub(crate) text: String,
}

impl EventStream {
    /// Opens the stream after the event with this id, and checks the head of the response.
    pub(crate) async fn open(sandbox: &Sandbox, last_id: Option<&str>) -> Self {
        let mut headers = vec![("host", "localhost")];
        headers.extend(last_id.map(|id| ("last-event-id", id)));
        let socket = connect(sandbox, "GET /_sandbox/events", &headers, "").await;
        let mut stream = Self(BufReader::new(socket).lines());
        let head = stream.lines().await;
        assert!(head[0].starts_with("HTTP/1.0 200 "), "{head:?}");
        for header in
            ["content-type: text/event-stream", "cache-control: no-store", "x-content-type-options: nosniff"]
        {
            assert!(head.iter().any(|line| line == header), "{head:?}");
        }
        stream
    }

    /// Reads the lines up to the next empty line or the end of the stream.
    async fn lines(&mut self) -> Vec<String> {
        let mut lines = Vec::new();
        while let Some(line) = timeout(TIMEOUT, self.0.next_line()).await.unwrap().unwrap_or(None) {
            if line.is_empty() {
                break;
            }
            lines.push(line);
        }
        lines
    }

    /// Returns the next event; `None` at the end of the stream.
    pub(crate) async fn next(&mut self) -> Option<Event> {
        let mut lines = self.lines().await;
        while lines.first().is_some_and(|line| line.starts_with(':')) {
            lines = self.lines().await;
        }
        let field = |name: &str| lines.iter().find_map(|line| line.strip_prefix(&format!("{name}: ")));
        let name = field("event")?.to_owned();
        let (id, data) =
            (field("id").map(str::to_owned), serde_json::from_str(field("data").unwrap()).unwrap());
        Some(Event { name, id, data, text: lines.join("\n") })
    }

    /// Returns the events up to and including the first one that matches.
    pub(crate) async fn until(&mut self, matches: impl Fn(&Event) -> bool) -> Vec<Event> {
        let mut events = Vec::new();
        loop {
            events.push(self.next().await.unwrap());
            if events.last().is_some_and(&matches) {
                return events;
            }
        }
    }

    pub(crate) async fn until_ready(&mut self) -> Vec<Event> {
        self.until(|event| event.name == "ready").await
    }

    /// Returns the events up to the complete response to the request for this customer.
    pub(crate) async fn until_response(&mut self, customer: &str) -> Vec<Event> {
        self.until(|event| has_response(event) && customer_of(event) == customer).await
    }
}

pub(crate) fn has_response(event: &Event) -> bool {
    event.name == "request" && event.data["response"]["bytes"].as_u64().is_some_and(|bytes| bytes > 0)
}

pub(crate) fn customer_of(event: &Event) -> String {
    let body: Value = serde_json::from_str(event.data["body"].as_str().unwrap_or("{}")).unwrap_or_default();
    body["retention"]["customer_id"].as_str().unwrap_or_default().to_owned()
}

pub(crate) fn names(events: &[Event]) -> Vec<&str> {
    events.iter().map(|event| event.name.as_str()).collect()
}
