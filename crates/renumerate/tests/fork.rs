//! A client that was made before a fork, used in the parent and in the child at once; and a process that ends with
//! clients alive. Without the test harness, whose threads would be in the way.
#![allow(unsafe_code, reason = "fork is")]
#![allow(clippy::unwrap_used, clippy::print_stdout, clippy::panic, reason = "tests fail loudly")]

#[cfg(unix)]
fn main() {
    unix::main();
}

#[cfg(not(unix))]
fn main() {}

#[cfg(unix)]
mod unix {
    use std::sync::OnceLock;
    use std::sync::atomic::{AtomicBool, AtomicUsize, Ordering};
    use std::time::{Duration, Instant};

    use renumerate::{Client, Customer, SubscriptionSessionRequest, blocking};
    use renumerate_sandbox::Sandbox;

    const CALLS: usize = 1000;
    const THREADS: usize = 16;

    static PASSED: AtomicUsize = AtomicUsize::new(0);

    /// A static is never dropped: the process must end all the same.
    static CLIENT: OnceLock<blocking::Client> = OnceLock::new();

    fn request() -> SubscriptionSessionRequest {
        SubscriptionSessionRequest::new(Customer::by_email("john.doe@example.com").unwrap())
    }

    /// All calls from all threads; how many succeeded at the first attempt.
    fn call(client: &blocking::Client) -> usize {
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

    /// Runs the work in a forked child and waits for it to exit, within a limit, meanwhile doing other work.
    fn in_a_child(what: &str, work: impl FnOnce() -> bool, meanwhile: impl FnOnce()) {
        let limit = Duration::from_secs(60);
        // SAFETY: the child goes on with what it inherited, as a forked worker of a server does.
        let child = unsafe { libc::fork() };
        assert!(child >= 0, "fork");
        if child == 0 {
            let code = i32::from(!work());
            // As a worker ends: through exit, with everything alive.
            std::process::exit(code);
        }
        meanwhile();
        let started = Instant::now();
        let mut status = 0;
        loop {
            // SAFETY: the child is ours and the status is a local.
            match unsafe { libc::waitpid(child, &raw mut status, libc::WNOHANG) } {
                0 if started.elapsed() < limit => std::thread::sleep(Duration::from_millis(5)),
                0 => {
                    // SAFETY: the child is ours.
                    unsafe { libc::kill(child, libc::SIGKILL) };
                    panic!("{what}: the child hangs");
                }
                _ => break,
            }
        }
        assert_eq!(status, 0, "{what}: the child failed");
        PASSED.fetch_add(1, Ordering::Relaxed);
    }

    pub(super) fn main() {
        let runtime =
            tokio::runtime::Builder::new_multi_thread().worker_threads(2).enable_all().build().unwrap();
        let sandbox = runtime.block_on(Sandbox::start()).unwrap();
        let builder = Client::builder().private_key(sandbox.private_key()).base_url(sandbox.url());
        let client = CLIENT.get_or_init(|| builder.clone().blocking().build().unwrap());

        in_a_child("made before the fork, used after it", || call(client) == CALLS, || {});

        assert_eq!(call(client), CALLS); // now the parent has connections that a child inherits
        let work = || call(client) == CALLS;
        in_a_child("used before the fork, and by both at once after it", work, || {
            assert_eq!(call(client), CALLS);
        });

        // A thread of the parent is in the middle of calls while it forks, again and again.
        let over = AtomicBool::new(false);
        std::thread::scope(|scope| {
            scope.spawn(|| {
                while !over.load(Ordering::Relaxed) {
                    client.create_subscription_session(&request()).unwrap();
                }
            });
            for _ in 0..20 {
                let work = || client.create_subscription_session(&request()).is_ok();
                in_a_child("forked in the middle of calls", work, || {});
            }
            over.store(true, Ordering::Relaxed);
        });

        let grandchild = || {
            let works = client.create_subscription_session(&request()).is_ok();
            in_a_child("a child of a child", || call(client) == CALLS, || {});
            works
        };
        in_a_child("a child that forks", grandchild, || {});

        let asynchronous = builder.build().unwrap();
        runtime.block_on(asynchronous.create_subscription_session(&request())).unwrap();
        let work = || {
            let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build().unwrap();
            let first = runtime.block_on(asynchronous.create_subscription_session(&request()));
            drop(asynchronous);
            first.is_ok()
        };
        in_a_child("an async client, used and dropped in the child", work, || {});
        println!("{} passed, 0 failed", PASSED.load(Ordering::Relaxed));
    }
}
