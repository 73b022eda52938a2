//! Tests of calls that pass requests and outcomes in lent memory: memory that one side owns, and that the other side
//! may access only for a limited time. These tests play the role of the Kotlin binding.
//!
//! The memory of a request has exactly the size that is passed to Rust, and is freed as soon as Rust must not read it
//! any more. So under `AddressSanitizer` (`tests/sanitize surface`), a test fails if Rust accesses memory outside these
//! bounds or after it was freed.
#![allow(clippy::unwrap_used, clippy::panic, clippy::indexing_slicing, reason = "tests fail loudly")]

use std::sync::Arc;

use renumerate_sandbox::Sandbox;
use renumerate_uniffi::{
    BackgroundClient, CallingThreadClient, EndpointKind, Outcome, Request, Results, Setting, SettingValue,
    Settings, UniFfiTag,
};
use tokio::runtime::Runtime;
use uniffi::{Lift, Lower};

const CALLS: i64 = 32;
const THREADS: i64 = 8;

fn runtime_and_sandbox() -> (Runtime, Sandbox) {
    let runtime = tokio::runtime::Builder::new_multi_thread().worker_threads(2).enable_all().build().unwrap();
    let sandbox = runtime.block_on(Sandbox::start()).unwrap();
    (runtime, sandbox)
}

fn settings(sandbox: &Sandbox) -> Settings {
    let url = SettingValue::Text { text: sandbox.url().to_owned() };
    Settings {
        language: "rust".to_owned(),
        runtime: "tests".to_owned(),
        options: vec![Setting { name: "baseUrl".to_owned(), value: url }],
    }
}

fn blocking(sandbox: &Sandbox) -> CallingThreadClient {
    CallingThreadClient::new(Some(sandbox.private_key().to_owned()), settings(sandbox), None)
        .unwrap_or_else(|failure| panic!("{failure:?}"))
}

fn background(results: &Arc<Results>, sandbox: &Sandbox) -> BackgroundClient {
    BackgroundClient::new(
        Arc::clone(results),
        Some(sandbox.private_key().to_owned()),
        settings(sandbox),
        None,
    )
    .unwrap_or_else(|failure| panic!("{failure:?}"))
}

/// Returns a serialized request, in heap memory of exactly its size.
fn request(customer: &str) -> Box<[u8]> {
    let mut bytes = Vec::new();
    let request = Request {
        kind: EndpointKind::Retention,
        parameters: vec![Setting {
            name: "customerId".to_owned(),
            value: SettingValue::Text { text: customer.to_owned() },
        }],
        options: Vec::new(),
        collect_logs: true,
    };
    <Request as Lower<UniFfiTag>>::write(request, &mut bytes);
    bytes.into()
}

/// Returns the address and the length of the memory, to pass them to Rust.
fn lend(memory: &mut [u8]) -> (i64, i32) {
    let address = i64::try_from(memory.as_mut_ptr().expose_provenance()).unwrap();
    (address, i32::try_from(memory.len()).unwrap())
}

fn read<T: Lift<UniFfiTag>>(mut bytes: &[u8]) -> T {
    let value = T::try_read(&mut bytes).unwrap();
    assert!(bytes.is_empty(), "{} unread bytes", bytes.len());
    value
}

fn assert_session(outcome: &Outcome, sandbox: &Sandbox) {
    let session = outcome.session.as_ref().unwrap_or_else(|| panic!("{outcome:?}"));
    assert!(sandbox.session(&session.id).is_some());
    assert!(!outcome.logs.is_empty());
}

/// Makes a call whose outcome may have at most `capacity` bytes. If the outcome is larger, returns the bytes that
/// `CallingThreadClient::outcome` returns, as an error.
fn create(client: &CallingThreadClient, call_id: i64, capacity: usize) -> Result<Outcome, Vec<u8>> {
    let request = request(&format!("cus_{call_id}"));
    let mut memory = vec![0; capacity.max(request.len())].into_boxed_slice();
    memory[..request.len()].copy_from_slice(&request);
    let (address, _) = lend(&mut memory);
    client.register(call_id);
    let capacity = i32::try_from(capacity).unwrap();
    let written = client.create(call_id, address, i32::try_from(request.len()).unwrap(), capacity);
    usize::try_from(written)
        .map_or_else(|_| Err(client.outcome(call_id)), |length| Ok(read(&memory[..length])))
}

#[test]
fn outcome_overwrites_its_request() {
    let (_runtime, sandbox) = runtime_and_sandbox();
    let client = blocking(&sandbox);
    std::thread::scope(|scope| {
        for thread in 0..THREADS {
            let (client, sandbox) = (&client, &sandbox);
            scope.spawn(move || {
                for call_id in thread * CALLS..(thread + 1) * CALLS {
                    let outcome = create(client, call_id, 4096).unwrap();
                    assert_eq!(outcome.call_id, call_id);
                    assert_session(&outcome, sandbox);
                }
            });
        }
    });
}

#[test]
fn oversized_outcome_is_returned_separately() {
    let (_runtime, sandbox) = runtime_and_sandbox();
    let client = blocking(&sandbox);
    for capacity in [0, 1, 64] {
        let bytes = create(&client, 1, capacity).unwrap_err();
        assert_session(&read(&bytes), &sandbox);
        assert!(client.outcome(1).is_empty(), "the outcome is returned only once");
    }
}

#[test]
fn request_is_read_before_the_call_starts() {
    let (runtime, sandbox) = runtime_and_sandbox();
    let results = Arc::new(Results::new());
    let client = background(&results, &sandbox);
    for call_id in 0..CALLS {
        let mut request = request(&format!("cus_{call_id}"));
        let (address, length) = lend(&mut request);
        client.start(call_id, address, length).unwrap_or_else(|failure| panic!("{failure:?}"));
        drop(request); // The call has started, so Rust must not read this memory any more.
    }
    let mut outcomes = Vec::new();
    while outcomes.len() < usize::try_from(CALLS).unwrap() {
        let address = runtime.block_on(results.next());
        assert_ne!(address, 0, "the batches ended before all calls");
        outcomes.extend(read_batch(address));
    }
    for outcome in &outcomes {
        assert_session(outcome, &sandbox);
    }
    let mut call_ids: Vec<_> = outcomes.iter().map(|outcome| outcome.call_id).collect();
    call_ids.sort_unstable();
    assert!(call_ids.into_iter().eq(0..CALLS));
}

#[test]
fn truncated_request_is_rejected() {
    let (_runtime, sandbox) = runtime_and_sandbox();
    let client = background(&Arc::new(Results::new()), &sandbox);
    let complete = request("cus_1");
    for length in 0..complete.len() {
        let mut truncated: Box<[u8]> = complete[..length].into();
        let (address, length) = lend(&mut truncated);
        assert!(client.start(1, address, length).is_err(), "{length} bytes");
    }
}

/// Returns the outcomes of the batch at this address. A batch is a length of 8 bytes, followed by that many bytes.
#[expect(unsafe_code, reason = "the native side returns only an address")]
fn read_batch(address: i64) -> Vec<Outcome> {
    let start = std::ptr::with_exposed_provenance::<u8>(usize::try_from(address).unwrap());
    // SAFETY: `Results::next` returned this address. A batch has at least 8 bytes, and stays valid until `next` is
    // called again, which happens only after this function has returned.
    let head = unsafe { start.cast::<[u8; 8]>().read() };
    let length = usize::try_from(i64::from_be_bytes(head)).unwrap();
    // SAFETY: the batch has this number of bytes after the length, and they stay valid as long as the length does.
    let bytes = unsafe { std::slice::from_raw_parts(start.wrapping_add(head.len()), length) };
    read(bytes)
}
