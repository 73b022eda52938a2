//! Who takes part: each makes so many calls, so many at once, and tells the CPU time and how many were answered 200.

use std::io::{Read, Write};
use std::net::TcpStream;
use std::time::Duration;

use futures_util::StreamExt;
use futures_util::stream::FuturesUnordered;
use http_body_util::{BodyExt, Full};
use hyper::body::Bytes;
use hyper_util::client::legacy;
use hyper_util::client::legacy::connect::HttpConnector;
use hyper_util::rt::TokioExecutor;
use renumerate::{Client, ClientBuilder, Customer, RetentionSessionRequest};
use tokio::runtime::Runtime;

use crate::measure::thread_cpu;

const KEY: &str = "sk_sandbox_bench";
const PATH: &str = "/v1/retention/session";
const BODY: &str = r#"{"retention":{"customer_id":"cus_NffrFeUfNV2Hib"}}"#;

/// Makes calls: how many at once and how many in all.
type Run = Box<dyn FnMut(usize, usize) -> (Duration, usize)>;

pub(crate) struct Contender {
    pub(crate) name: &'static str,
    /// Sets it up against the server at this URL.
    pub(crate) start: fn(&str) -> Run,
}

pub(crate) const CONTENDERS: [Contender; 6] = [
    Contender { name: "renumerate, async", start: ours },
    Contender { name: "renumerate, blocking", start: ours_blocking },
    Contender { name: "reqwest", start: reqwest },
    Contender { name: "reqwest, and serde_json", start: reqwest_decoding },
    Contender { name: "hyper-util", start: hyper_util },
    Contender { name: "raw socket, in threads", start: raw },
];

pub(crate) fn client(url: &str) -> ClientBuilder {
    Client::builder().private_key(KEY).base_url(url)
}

fn request() -> RetentionSessionRequest {
    RetentionSessionRequest::new(Customer::by_id("cus_NffrFeUfNV2Hib").unwrap())
}

fn ours(url: &str) -> Run {
    let client = client(url).build().unwrap();
    on_one_thread(async move || client.create_retention_session(&request()).await.is_ok())
}

fn ours_blocking(url: &str) -> Run {
    let client = client(url).blocking().build().unwrap();
    Box::new(move |at_once, calls| {
        in_threads(at_once, |_| {
            (0..calls / at_once).filter(|_| client.create_retention_session(&request()).is_ok()).count()
        })
    })
}

/// The least that somebody would write by hand, with a limit.
fn reqwest_client() -> reqwest::Client {
    reqwest::Client::builder().no_proxy().timeout(Duration::from_secs(25)).build().unwrap()
}

async fn reqwest_call(client: &reqwest::Client, url: &str) -> Option<Bytes> {
    let request =
        client.post(url).header("x-brand-key", KEY).header("content-type", "application/json").body(BODY);
    let answer = request.send().await.ok().filter(|answer| answer.status() == 200)?;
    answer.bytes().await.ok()
}

fn reqwest(url: &str) -> Run {
    let (client, url) = (reqwest_client(), format!("{url}{PATH}"));
    on_one_thread(async move || reqwest_call(&client, &url).await.is_some())
}

fn reqwest_decoding(url: &str) -> Run {
    let (client, url) = (reqwest_client(), format!("{url}{PATH}"));
    on_one_thread(async move || {
        let body = reqwest_call(&client, &url).await.unwrap_or_default();
        let json: Option<serde_json::Value> = serde_json::from_slice(&body).ok();
        json.as_ref().and_then(|json| json.get("id")?.as_str()).is_some_and(|id| id.starts_with("ret_"))
    })
}

fn hyper_util(url: &str) -> Run {
    let client: legacy::Client<HttpConnector, Full<Bytes>> =
        legacy::Client::builder(TokioExecutor::new()).build_http();
    let url = format!("{url}{PATH}");
    on_one_thread(async move || {
        let request = hyper::Request::post(&url)
            .header("x-brand-key", KEY)
            .header("content-type", "application/json")
            .body(Full::from(BODY));
        let Ok(answer) = client.request(request.unwrap()).await else { return false };
        answer.status() == 200 && answer.into_body().collect().await.is_ok()
    })
}

/// The physical limit: bytes out, bytes in.
fn raw(url: &str) -> Run {
    let address = url.trim_start_matches("http://").to_owned();
    let request = format!(
        "POST {PATH} HTTP/1.1\r\nhost: {address}\r\nx-brand-key: {KEY}\r\ncontent-type: application/json\r\n\
         content-length: {}\r\n\r\n{BODY}",
        BODY.len()
    );
    let mut sockets = Vec::new();
    Box::new(move |at_once, calls| {
        while sockets.len() < at_once {
            let socket = TcpStream::connect(&address).unwrap();
            socket.set_nodelay(true).unwrap();
            sockets.push(socket);
        }
        in_threads(at_once, |thread| {
            let mut socket = sockets.get(thread).unwrap();
            let mut answer = [0; 1024];
            let answered = |_: &usize| {
                socket.write_all(request.as_bytes()).unwrap();
                let n = socket.read(&mut answer).unwrap();
                answer.starts_with(b"HTTP/1.1 200") && answer.get(..n).unwrap().ends_with(b"}")
            };
            (0..calls / at_once).filter(answered).count()
        })
    })
}

/// Calls on a runtime of one thread: lanes that call one after the other, side by side.
fn on_one_thread(call: impl AsyncFn() -> bool + 'static) -> Run {
    let runtime: Runtime = tokio::runtime::Builder::new_current_thread().enable_all().build().unwrap();
    Box::new(move |at_once, calls| {
        let before = thread_cpu();
        let good = runtime.block_on(async {
            let lane = async || {
                let mut good = 0;
                for _ in 0..calls / at_once {
                    good += usize::from(call().await);
                }
                good
            };
            let lanes: FuturesUnordered<_> = (0..at_once).map(|_| lane()).collect();
            lanes.fold(0, async |all, good| all + good).await
        });
        (thread_cpu().saturating_sub(before), good)
    })
}

/// The same work in so many threads: their CPU time and their good calls, added up.
fn in_threads(threads: usize, work: impl Fn(usize) -> usize + Sync) -> (Duration, usize) {
    let work = &work;
    std::thread::scope(|scope| {
        let running: Vec<_> = (0..threads)
            .map(|thread| {
                scope.spawn(move || {
                    let good = work(thread);
                    (thread_cpu(), good)
                })
            })
            .collect();
        running
            .into_iter()
            .map(|thread| thread.join().unwrap())
            .fold((Duration::ZERO, 0), |(cpu, good), (more, count)| (cpu + more, good + count))
    })
}
