//! The logs of calls, for languages with loggers of their own.

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

/// The target of this crate's events; those of the libraries below it are not shown.
const TARGET: &str = "renumerate";

/// How much an event matters.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum LogLevel {
    /// What went wrong for good.
    Error,
    /// What may have gone wrong.
    Warn,
    /// What is good to know.
    Info,
    /// Each attempt and each wait.
    Debug,
    /// Each connection.
    Trace,
}

impl LogLevel {
    /// Its name in lower case.
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

/// One event.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct LogRecord {
    /// How much it matters.
    pub level: LogLevel,
    /// The event and its fields: `answered attempt=1 status=200 elapsed_ms=3`.
    pub message: String,
}

type Listener = Arc<dyn Fn(LogRecord) + Send + Sync>;

/// Somebody who listens to the logs of a call. Calls that nobody listens to make none.
#[derive(Clone)]
pub struct Logs(Listener);

impl fmt::Debug for Logs {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Logs").finish_non_exhaustive()
    }
}

impl Logs {
    /// Hands each event to `listener`, on the thread that it happens on.
    pub fn new(listener: impl Fn(LogRecord) + Send + Sync + 'static) -> Self {
        Self(Arc::new(listener))
    }

    /// Listens to what happens on this thread meanwhile.
    pub fn during<T>(&self, work: impl FnOnce() -> T) -> T {
        let _heard = ListenerGuard::by(&self.0);
        tracing::dispatcher::with_default(dispatch(), work)
    }

    /// Listens to the future wherever it runs.
    pub async fn of<F: Future>(self, future: F) -> F::Output {
        let mut future = pin!(future.with_subscriber(dispatch().clone()));
        poll_fn(|context| {
            let _heard = ListenerGuard::by(&self.0);
            future.as_mut().poll(context)
        })
        .await
    }
}

/// One for all calls, which finds the listener of the call at hand: each that is made has `tracing` go through all
/// events of the program, once for each of the others.
fn dispatch() -> &'static Dispatch {
    /// The second one is idle. Beside a single subscriber `tracing` asks that of the thread at hand whether it wants an
    /// event, when the event comes first, and never again: where nobody listened then, nobody would later.
    static DISPATCHES: LazyLock<[Dispatch; 2]> =
        LazyLock::new(|| [(); 2].map(|()| Dispatch::new(CallSubscriber)));
    let [dispatch, _] = &*DISPATCHES;
    dispatch
}

thread_local! {
    static LISTENER: RefCell<Option<Listener>> = const { RefCell::new(None) };
}

/// While it lives, events of this thread go to a listener; then to the one before it.
struct ListenerGuard(Option<Listener>);

impl ListenerGuard {
    fn by(listener: &Listener) -> Self {
        Self(LISTENER.replace(Some(Arc::clone(listener))))
    }
}

impl Drop for ListenerGuard {
    fn drop(&mut self) {
        LISTENER.set(self.0.take());
    }
}

struct CallSubscriber;

impl Subscriber for CallSubscriber {
    fn register_callsite(&self, metadata: &'static Metadata<'static>) -> Interest {
        // Another call may have another listener, or none.
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

/// An event as a line of text.
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
    fn an_event_becomes_a_line_and_others_targets_are_not_heard() {
        let heard = Arc::new(Mutex::new(Vec::new()));
        let sink = Arc::clone(&heard);
        let logs = Logs::new(move |record| sink.lock().unwrap().push(record));
        logs.during(|| {
            let _span = tracing::debug_span!(target: "renumerate", "create_session").entered();
            tracing::debug!(target: "renumerate", attempt = 1, phase = "dns", "the network failed");
            tracing::debug!(target: "hyper", "pooling idle connection");
        });
        tracing::debug!(target: "renumerate", "nobody listens");
        let message = "the network failed attempt=1 phase=dns".to_owned();
        assert_eq!(*heard.lock().unwrap(), [LogRecord { level: LogLevel::Debug, message }]);
    }

    #[test]
    fn each_call_is_heard_by_its_own_listener_also_within_another() {
        let heard = || {
            let lines = Arc::new(Mutex::new(Vec::new()));
            let sink = Arc::clone(&lines);
            (lines, Logs::new(move |record| sink.lock().unwrap().push(record.message)))
        };
        let ((outer, to_outer), (inner, to_inner)) = (heard(), heard());
        let say = |what: &'static str| tracing::debug!(target: "renumerate", "{what}");
        to_outer.during(|| {
            say("before");
            to_inner.during(|| say("within"));
            say("after");
        });
        assert_eq!(*outer.lock().unwrap(), ["before", "after"]);
        assert_eq!(*inner.lock().unwrap(), ["within"]);
    }

    /// Only in a process of its own is it sure to fail where it should: others' events come first in another order.
    #[test]
    fn an_event_is_heard_that_came_first_when_nobody_listened() {
        let lines = Arc::new(Mutex::new(Vec::new()));
        let sink = Arc::clone(&lines);
        let logs = Logs::new(move |record| sink.lock().unwrap().push(record.message));
        let say = || tracing::debug!(target: "renumerate", "said");
        logs.during(|| ());
        say();
        logs.during(say);
        assert_eq!(*lines.lock().unwrap(), ["said"]);
    }
}
