//! Subjects: this SDK, and clients that it is compared with. Each makes calls with a number of concurrent callers, each
//! of which makes one call after another.

use std::hint::black_box;
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
use rustix::time::{ClockId, clock_gettime};
use tokio::runtime::Runtime;

use crate::{Counts, Limit};

const KEY: &str = "sk_sandbox_bench";
const PATH: &str = "/v1/retention/session";
const BODY: &str = r#"{"retention":{"customer_id":"cus_NffrFeUfNV2Hib"}}"#;

/// Makes calls with a number of callers, until each has reached the limit.
type Calls = Box<dyn FnMut(usize, Limit) -> Counts>;

/// Creates a client of the server at a URL.
pub(crate) fn open(subject: &str, url: &str) -> Calls {
    match subject {
        "renumerate, async" => ours(url),
        "renumerate, blocking" => ours_blocking(url),
        "reqwest" => reqwest(url),
        "reqwest, and serde_json" => reqwest_decoding(url),
        "hyper-util" => hyper_util(url),
        "raw socket, in threads" => raw(url),
        _ => panic!("unknown subject: {subject}"),
    }
}

/// Creates and drops a client.
pub(crate) fn construct(subject: &str, url: &str) {
    match subject {
        "renumerate, async" => drop(black_box(client(url).build().unwrap())),
        "renumerate, blocking" => drop(black_box(client(url).blocking().build().unwrap())),
        "reqwest" => drop(black_box(reqwest::Client::new())),
        _ => panic!("unknown subject: {subject}"),
    }
}

fn client(url: &str) -> ClientBuilder {
    Client::builder().private_key(KEY).base_url(url)
}

fn request() -> RetentionSessionRequest {
    RetentionSessionRequest::new(Customer::by_id("cus_NffrFeUfNV2Hib").unwrap())
}

fn ours(url: &str) -> Calls {
    let client = client(url).build().unwrap();
    on_one_thread(async move || client.create_retention_session(&request()).await.is_ok())
}

fn ours_blocking(url: &str) -> Calls {
    let client = client(url).blocking().build().unwrap();
    Box::new(move |callers, limit| {
        in_threads(callers, limit, |_| {
            let client = &client;
            move || client.create_retention_session(&request()).is_ok()
        })
    })
}

/// Default client, with a timeout.
fn reqwest_client() -> reqwest::Client {
    reqwest::Client::builder().no_proxy().timeout(Duration::from_secs(25)).build().unwrap()
}

async fn reqwest_call(client: &reqwest::Client, url: &str) -> Option<Bytes> {
    let request =
        client.post(url).header("x-brand-key", KEY).header("content-type", "application/json").body(BODY);
    let response = request.send().await.ok().filter(|response| response.status() == 200)?;
    response.bytes().await.ok()
}

fn reqwest(url: &str) -> Calls {
    let (client, url) = (reqwest_client(), format!("{url}{PATH}"));
    on_one_thread(async move || reqwest_call(&client, &url).await.is_some())
}

fn reqwest_decoding(url: &str) -> Calls {
    let (client, url) = (reqwest_client(), format!("{url}{PATH}"));
    on_one_thread(async move || {
        let body = reqwest_call(&client, &url).await.unwrap_or_default();
        let json: Option<serde_json::Value> = serde_json::from_slice(&body).ok();
        json.as_ref().and_then(|json| json.get("id")?.as_str()).is_some_and(|id| id.starts_with("ret_"))
    })
}

fn hyper_util(url: &str) -> Calls {
    let client: legacy::Client<HttpConnector, Full<Bytes>> =
        legacy::Client::builder(TokioExecutor::new()).build_http();
    let url = format!("{url}{PATH}");
    on_one_thread(async move || {
        let request = hyper::Request::post(&url)
            .header("x-brand-key", KEY)
            .header("content-type", "application/json")
            .body(Full::from(BODY));
        let Ok(response) = client.request(request.unwrap()).await else { return false };
        response.status() == 200 && response.into_body().collect().await.is_ok()
    })
}

/// Lower bound: writes and reads bytes.
fn raw(url: &str) -> Calls {
    let address = url.trim_start_matches("http://").to_owned();
    let request = format!(
        "POST {PATH} HTTP/1.1\r\nhost: {address}\r\nx-brand-key: {KEY}\r\ncontent-type: application/json\r\n\
         content-length: {}\r\n\r\n{BODY}",
        BODY.len()
    );
    let mut sockets = Vec::new();
    Box::new(move |callers, limit| {
        while sockets.len() < callers {
            let socket = TcpStream::connect(&address).unwrap();
            socket.set_nodelay(true).unwrap();
            sockets.push(socket);
        }
        in_threads(callers, limit, |caller| {
            let (mut socket, request) = (sockets.get(caller).unwrap(), &request);
            let mut response = [0; 1024];
            move || {
                socket.write_all(request.as_bytes()).unwrap();
                let n = socket.read(&mut response).unwrap();
                response.starts_with(b"HTTP/1.1 200") && response.get(..n).unwrap().ends_with(b"}")
            }
        })
    })
}

/// Calls with concurrent callers on a runtime of one thread.
fn on_one_thread(call: impl AsyncFn() -> bool + 'static) -> Calls {
    let runtime: Runtime = tokio::runtime::Builder::new_current_thread().enable_all().build().unwrap();
    Box::new(move |callers, limit| {
        let before = thread_cpu();
        let caller = async || {
            let mut counts = Counts::default();
            while limit.allows(counts.calls) {
                counts.sessions += usize::from(call().await);
                counts.calls += 1;
            }
            counts
        };
        let running: FuturesUnordered<_> = (0..callers).map(|_| caller()).collect();
        let counts = runtime.block_on(running.fold(Counts::default(), async |all, one| all.plus(&one)));
        Counts { cpu: thread_cpu().saturating_sub(before), ..counts }
    })
}

/// Calls with a thread for each caller.
fn in_threads<F: FnMut() -> bool>(callers: usize, limit: Limit, make: impl Fn(usize) -> F + Sync) -> Counts {
    let make = &make;
    let caller = move |number| {
        let mut call = make(number);
        let mut counts = Counts::default();
        while limit.allows(counts.calls) {
            counts.sessions += usize::from(call());
            counts.calls += 1;
        }
        Counts { cpu: thread_cpu(), ..counts }
    };
    std::thread::scope(|scope| {
        let threads: Vec<_> = (0..callers).map(|number| scope.spawn(move || caller(number))).collect();
        let counts = threads.into_iter().map(|thread| thread.join().unwrap());
        counts.fold(Counts::default(), |all, one| all.plus(&one))
    })
}

/// CPU time that this thread has used.
pub(crate) fn thread_cpu() -> Duration {
    let time = clock_gettime(ClockId::ThreadCPUTime);
    Duration::new(time.tv_sec.try_into().unwrap(), time.tv_nsec.try_into().unwrap())
}
