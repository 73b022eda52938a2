//! Log records of calls, for the loggers of other languages. Each call has its own listener.

use std::cell::RefCell;
use std::fmt::{self, Write};
use std::future::poll_fn;
use std::pin::pin;
use std::sync::{Arc, LazyLock};

use tracing::field::{Field, Visit};
use tracing::instrument::WithSubscriber;
use tracing::span;
use tracing::subscriber::Interest;
use tracing::{Dispatch, Event, Level, Metadata, Subscriber};

/// Target of this crate's events. Events of its dependencies are not forwarded.
const TARGET: &str = "renumerate";

/// Severity of an event.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum LogLevel {
    /// A permanent failure.
    Error,
    /// A possible problem.
    Warn,
    /// Information about normal operation.
    Info,
    /// Details of each attempt and each delay.
    Debug,
    /// Details of each connection.
    Trace,
}

impl LogLevel {
    /// Returns the name of the level in lower case.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Error => "error",
            Self::Warn => "warn",
            Self::Info => "info",
            Self::Debug => "debug",
            Self::Trace => "trace",
        }
    }
}

/// One event of a call.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct LogRecord {
    /// Severity of the event.
    pub level: LogLevel,
    /// The event's text and its fields, such as `answered attempt=1 status=200 elapsed_ms=3`.
    pub message: String,
}

type Listener = Arc<dyn Fn(LogRecord) + Send + Sync>;

/// A listener for the log records of a call. A call without a listener creates no records.
#[derive(Clone)]
pub struct Logs(Listener);

impl fmt::Debug for Logs {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Logs").finish_non_exhaustive()
    }
}

impl Logs {
    /// Creates a listener. `listener` receives each record on the thread that emits it.
    pub fn new(listener: impl Fn(LogRecord) + Send + Sync + 'static) -> Self {
        Self(Arc::new(listener))
    }

    /// Runs `work`. The listener receives the events that this thread emits until `work` returns.
    pub fn scope<T>(&self, work: impl FnOnce() -> T) -> T {
        let _guard = ListenerGuard::set(&self.0);
        tracing::dispatcher::with_default(dispatch(), work)
    }

    /// Runs the future. The listener receives all events that are emitted while the future is polled, on any thread.
    pub async fn instrument<F: Future>(self, future: F) -> F::Output {
        let mut future = pin!(future.with_subscriber(dispatch().clone()));
        poll_fn(|context| {
            let _guard = ListenerGuard::set(&self.0);
            future.as_mut().poll(context)
        })
        .await
    }
}

/// Returns the `tracing` dispatch that all calls share. It forwards each event to the listener of the current call.
///
/// A separate dispatch for each call would be slow: whenever a dispatch is created, `tracing` asks every dispatch again
/// about every callsite (a place in the code that emits an event).
fn dispatch() -> &'static Dispatch {
    /// The second dispatch is never used, but it must exist. If there is only one dispatch, `tracing` asks the default
    /// dispatch of the current thread whether a new callsite is enabled, and caches the result. A callsite that is
    /// first reached on a thread without a listener would then stay disabled.
    static DISPATCHES: LazyLock<[Dispatch; 2]> =
        LazyLock::new(|| [(); 2].map(|()| Dispatch::new(CallSubscriber)));
    let [dispatch, _] = &*DISPATCHES;
    dispatch
}

thread_local! {
    static LISTENER: RefCell<Option<Listener>> = const { RefCell::new(None) };
}

/// Guard that sets the listener of this thread. Dropping the guard restores the previous listener.
struct ListenerGuard(Option<Listener>);

impl ListenerGuard {
    fn set(listener: &Listener) -> Self {
        Self(LISTENER.replace(Some(Arc::clone(listener))))
    }
}

impl Drop for ListenerGuard {
    fn drop(&mut self) {
        LISTENER.set(self.0.take());
    }
}

/// Subscriber that forwards this crate's events to the listener of the current thread. It ignores spans.
struct CallSubscriber;

impl Subscriber for CallSubscriber {
    fn register_callsite(&self, metadata: &'static Metadata<'static>) -> Interest {
        // `Interest::always` would be wrong: a thread may have no listener, so `tracing` must check every event.
        if metadata.target() == TARGET && metadata.is_event() {
            Interest::sometimes()
        } else {
            Interest::never()
        }
    }

    fn enabled(&self, metadata: &Metadata<'_>) -> bool {
        metadata.target() == TARGET && metadata.is_event()
    }

    fn event(&self, event: &Event<'_>) {
        let level = match *event.metadata().level() {
            Level::ERROR => LogLevel::Error,
            Level::WARN => LogLevel::Warn,
            Level::INFO => LogLevel::Info,
            Level::DEBUG => LogLevel::Debug,
            Level::TRACE => LogLevel::Trace,
        };
        let mut line = Line::default();
        event.record(&mut line);
        let listener = LISTENER.with_borrow(Option::clone);
        if let Some(listener) = listener {
            listener(LogRecord { level, message: format!("{}{}", line.message, line.fields) });
        }
    }

    fn new_span(&self, _: &span::Attributes<'_>) -> span::Id {
        span::Id::from_u64(1)
    }

    fn record(&self, _: &span::Id, _: &span::Record<'_>) {}

    fn record_follows_from(&self, _: &span::Id, _: &span::Id) {}

    fn enter(&self, _: &span::Id) {}

    fn exit(&self, _: &span::Id) {}
}

/// Visitor that formats an event as a line of text.
#[derive(Default)]
struct Line {
    message: String,
    fields: String,
}

impl Visit for Line {
    fn record_debug(&mut self, field: &Field, value: &dyn fmt::Debug) {
        let _infallible = if field.name() == "message" {
            write!(self.message, "{value:?}")
        } else {
            write!(self.fields, " {}={value:?}", field.name())
        };
    }

    fn record_str(&mut self, field: &Field, value: &str) {
        let _infallible = write!(self.fields, " {}={value}", field.name());
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::sync::Mutex;

    #[test]
    fn listener_receives_formatted_events_of_this_crate_only() {
        let records = Arc::new(Mutex::new(Vec::new()));
        let sink = Arc::clone(&records);
        let logs = Logs::new(move |record| sink.lock().unwrap().push(record));
        logs.scope(|| {
            let _span = tracing::debug_span!(target: "renumerate", "create_session").entered();
            tracing::debug!(target: "renumerate", attempt = 1, phase = "dns", "the network failed");
            tracing::debug!(target: "hyper", "pooling idle connection");
        });
        tracing::debug!(target: "renumerate", "no listener");
        let message = "the network failed attempt=1 phase=dns".to_owned();
        assert_eq!(*records.lock().unwrap(), [LogRecord { level: LogLevel::Debug, message }]);
    }

    #[test]
    fn nested_call_uses_its_own_listener() {
        let listener = || {
            let lines = Arc::new(Mutex::new(Vec::new()));
            let sink = Arc::clone(&lines);
            (lines, Logs::new(move |record| sink.lock().unwrap().push(record.message)))
        };
        let ((outer, to_outer), (inner, to_inner)) = (listener(), listener());
        let log = |message: &'static str| tracing::debug!(target: "renumerate", "{message}");
        to_outer.scope(|| {
            log("before");
            to_inner.scope(|| log("within"));
            log("after");
        });
        assert_eq!(*outer.lock().unwrap(), ["before", "after"]);
        assert_eq!(*inner.lock().unwrap(), ["within"]);
    }

    /// This test detects a regression reliably only if it runs in its own process. Otherwise, other tests may register
    /// callsites and dispatches first.
    #[test]
    fn callsite_first_reached_without_listener_is_not_disabled() {
        let lines = Arc::new(Mutex::new(Vec::new()));
        let sink = Arc::clone(&lines);
        let logs = Logs::new(move |record| sink.lock().unwrap().push(record.message));
        let log = || tracing::debug!(target: "renumerate", "logged");
        logs.scope(|| ());
        log();
        logs.scope(log);
        assert_eq!(*lines.lock().unwrap(), ["logged"]);
    }
}
