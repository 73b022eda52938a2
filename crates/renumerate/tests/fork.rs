//! Tests of clients that are created before a fork and used in the parent and in the child. Each child exits without
//! dropping its clients. The test has no harness, because a forked child has only the thread that forked.
#![allow(unsafe_code, reason = "fork() is unsafe")]
#![allow(
    clippy::unwrap_used,
    clippy::print_stdout,
    clippy::panic,
    clippy::indexing_slicing,
    reason = "tests fail loudly"
)]

#[cfg(unix)]
fn main() {
    unix::main();
}

#[cfg(not(unix))]
fn main() {}

#[cfg(unix)]
mod unix {
    use std::collections::HashSet;
    use std::io::Write as _;
    use std::sync::OnceLock;
    use std::sync::atomic::{AtomicBool, AtomicUsize, Ordering};
    use std::time::{Duration, Instant};

    use base64::Engine as _;
    use base64::prelude::BASE64_URL_SAFE_NO_PAD;
    use renumerate::{Client, Customer, SubscriptionSessionRequest, blocking};
    use renumerate_sandbox::Sandbox;

    const CALLS: usize = 1000;
    const THREADS: usize = 16;

    static PASSED: AtomicUsize = AtomicUsize::new(0);

    /// Client that is never dropped. The process must exit anyway.
    static CLIENT: OnceLock<blocking::Client> = OnceLock::new();

    fn request() -> SubscriptionSessionRequest {
        SubscriptionSessionRequest::new(Customer::by_email("john.doe@example.com").unwrap())
    }

    /// Makes all calls from all threads. Returns the number of calls that succeeded at the first attempt.
    fn make_calls(client: &blocking::Client) -> usize {
        let succeeded = AtomicUsize::new(0);
        std::thread::scope(|scope| {
            for thread in 0..THREADS {
                let succeeded = &succeeded;
                scope.spawn(move || {
                    for _ in 0..CALLS / THREADS + usize::from(thread < CALLS % THREADS) {
                        match client.create_subscription_session(&request()) {
                            Ok(session) if session.attempts().len() == 1 => {
                                succeeded.fetch_add(1, Ordering::Relaxed);
                            }
                            other => println!("{other:?}"),
                        }
                    }
                });
            }
        });
        succeeded.into_inner()
    }

    const CHILDREN: usize = 8;
    const THREADS_OF_CHILD: usize = 2;
    const TOKENS: usize = 10_000;

    /// Creates tokens in 16 threads of 8 children. Asserts that no nonce occurs twice.
    fn nonces_of_forked_children_differ() {
        let client = blocking::Client::builder().private_key("sk_live_planted").public_key("pk_live_1");
        let client = client.build().unwrap();
        client.create_handshake_token("cus_1").unwrap(); // any state of the generator exists before the forks
        let file = std::env::temp_dir().join(format!("renumerate-tokens-{}", std::process::id()));
        let create = || {
            let create = || client.create_handshake_token("cus_1").unwrap().token().to_owned() + "\n";
            (0..TOKENS / CHILDREN / THREADS_OF_CHILD).map(|_| create()).collect::<String>()
        };
        for _ in 0..CHILDREN {
            let work = || {
                let tokens: String = std::thread::scope(|scope| {
                    let threads: Vec<_> = (0..THREADS_OF_CHILD).map(|_| scope.spawn(create)).collect();
                    threads.into_iter().map(|thread| thread.join().unwrap()).collect()
                });
                let file = std::fs::OpenOptions::new().append(true).create(true).open(&file);
                file.unwrap().write_all(tokens.as_bytes()).is_ok()
            };
            run_in_child("tokens of children", work, || {});
        }
        let tokens = std::fs::read_to_string(&file).unwrap();
        std::fs::remove_file(file).unwrap();
        let nonces: HashSet<String> = tokens.lines().map(nonce).collect();
        assert_eq!((tokens.lines().count(), nonces.len()), (TOKENS, TOKENS));
    }

    /// Returns the nonce of a token.
    fn nonce(token: &str) -> String {
        let payload = BASE64_URL_SAFE_NO_PAD.decode(token.split_once('.').unwrap().0).unwrap();
        let payload: serde_json::Value = serde_json::from_slice(&payload).unwrap();
        payload["nonce"].as_str().unwrap().to_owned()
    }

    /// Runs `work` in a forked child, and meanwhile `parent_work`. Panics if `work` returns `false` or takes over 60 s.
    fn run_in_child(scenario: &str, work: impl FnOnce() -> bool, parent_work: impl FnOnce()) {
        let timeout = Duration::from_secs(60);
        // SAFETY: the parent may have other threads, whose locks the child must not need. This is what the test checks.
        let child = unsafe { libc::fork() };
        assert!(child >= 0, "fork");
        if child == 0 {
            let code = i32::from(!work());
            // Forked workers of a server exit like this too.
            std::process::exit(code);
        }
        parent_work();
        let started = Instant::now();
        let mut status = 0;
        loop {
            // SAFETY: `child` is a child of this process, and `status` is a local variable.
            match unsafe { libc::waitpid(child, &raw mut status, libc::WNOHANG) } {
                0 if started.elapsed() < timeout => std::thread::sleep(Duration::from_millis(5)),
                0 => {
                    // SAFETY: `child` is a child of this process.
                    unsafe { libc::kill(child, libc::SIGKILL) };
                    panic!("{scenario}: the child hangs");
                }
                _ => break,
            }
        }
        assert_eq!(status, 0, "{scenario}: the child failed");
        PASSED.fetch_add(1, Ordering::Relaxed);
    }

    pub(super) fn main() {
        let runtime =
            tokio::runtime::Builder::new_multi_thread().worker_threads(2).enable_all().build().unwrap();
        let sandbox = runtime.block_on(Sandbox::start()).unwrap();
        let builder = Client::builder().private_key(sandbox.private_key()).base_url(sandbox.url());
        let client = CLIENT.get_or_init(|| builder.clone().blocking().build().unwrap());

        nonces_of_forked_children_differ();
        run_in_child("client created before the fork", || make_calls(client) == CALLS, || {});

        assert_eq!(make_calls(client), CALLS); // opens connections that the next child inherits
        let work = || make_calls(client) == CALLS;
        run_in_child("client used before the fork, and concurrently after it", work, || {
            assert_eq!(make_calls(client), CALLS);
        });

        // A thread of the parent makes calls while the parent forks.
        let stop = AtomicBool::new(false);
        std::thread::scope(|scope| {
            scope.spawn(|| {
                while !stop.load(Ordering::Relaxed) {
                    client.create_subscription_session(&request()).unwrap();
                }
            });
            for _ in 0..20 {
                let work = || client.create_subscription_session(&request()).is_ok();
                run_in_child("fork during calls", work, || {});
            }
            stop.store(true, Ordering::Relaxed);
        });

        let grandchild = || {
            let succeeded = client.create_subscription_session(&request()).is_ok();
            run_in_child("grandchild", || make_calls(client) == CALLS, || {});
            succeeded
        };
        run_in_child("child that forks", grandchild, || {});

        let async_client = builder.build().unwrap();
        runtime.block_on(async_client.create_subscription_session(&request())).unwrap();
        let work = || {
            let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build().unwrap();
            let first = runtime.block_on(async_client.create_subscription_session(&request()));
            drop(async_client);
            first.is_ok()
        };
        run_in_child("async client used and dropped in the child", work, || {});
        println!("{} passed, 0 failed", PASSED.load(Ordering::Relaxed));
    }
}
