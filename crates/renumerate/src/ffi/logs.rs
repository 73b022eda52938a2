//! Log records of calls, for the loggers of other languages. Each call has its own listener.

use std::cell::RefCell;
use std::fmt::{self, Write};
use std::future::poll_fn;
use std::pin::pin;
use std::sync::{Arc, LazyLock, Mutex, MutexGuard, PoisonError};
use std::time::{Duration, SystemTime};

use serde::Serialize;
use tracing::field::{Field, Visit};
use tracing::instrument::WithSubscriber;
use tracing::span;
use tracing::subscriber::Interest;
use tracing::{Dispatch, Event, Level, Metadata, Subscriber};

/// Target of this crate's events. Events of its dependencies are not forwarded.
const TARGET: &str = "renumerate";

/// Severity of an event, from the most to the least severe.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
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
    /// All levels, from the most to the least severe.
    pub const ALL: [Self; 5] = [Self::Error, Self::Warn, Self::Info, Self::Debug, Self::Trace];

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

impl From<Level> for LogLevel {
    fn from(level: Level) -> Self {
        match level {
            Level::ERROR => Self::Error,
            Level::WARN => Self::Warn,
            Level::INFO => Self::Info,
            Level::DEBUG => Self::Debug,
            Level::TRACE => Self::Trace,
        }
    }
}

/// One event of a call.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct LogRecord {
    /// Severity of the event.
    pub level: LogLevel,
    /// Time of the event since the Unix epoch.
    pub time: Duration,
    /// Constant text that names the event, such as `attempt ended`.
    pub event: String,
    /// Names and values of the fields: those of the call, then those of the event. No name occurs twice.
    pub fields: Vec<LogField>,
}

/// Name and value of a field.
pub type LogField = (&'static str, LogValue);

/// Value of a field.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
#[serde(untagged)]
pub enum LogValue {
    /// Text.
    Text(String),
    /// Number.
    Number(u64),
}

impl fmt::Display for LogValue {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Text(text) => f.write_str(text),
            Self::Number(number) => number.fmt(f),
        }
    }
}

impl LogRecord {
    /// Returns the event and its fields in one line: `renumerate: attempt ended call_id=5f0c9b1e-17 … elapsed_ms=3`. Many
    /// loggers print only this text, so it starts with the name of the SDK.
    pub fn message(&self) -> String {
        let mut line = format!("{TARGET}: {}", self.event);
        for (name, value) in &self.fields {
            let _infallible = write!(line, " {name}={value}");
        }
        line
    }
}

/// Log settings of one call: a listener, and the least severe level that it receives. A call without a listener creates
/// no records.
#[derive(Clone)]
pub struct Logs(Arc<Listener>);

struct Listener {
    max_level: LogLevel,
    /// Fields of the call's span, which belong to each of its records.
    call_fields: Mutex<Vec<LogField>>,
    on_record: Box<dyn Fn(LogRecord) + Send + Sync>,
}

impl fmt::Debug for Logs {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Logs").finish_non_exhaustive()
    }
}

impl Logs {
    /// Creates the listener of one call. `on_record` receives each record down to `max_level`, on the thread that emits
    /// the record. Above [`LogLevel::Debug`], the only record is that of the end of a failed call.
    pub fn new(max_level: LogLevel, on_record: impl Fn(LogRecord) + Send + Sync + 'static) -> Self {
        let on_record = Box::new(on_record);
        Self(Arc::new(Listener { max_level, call_fields: Mutex::default(), on_record }))
    }

    /// Returns whether the listener receives records while the call runs. If not, the call runs faster without it.
    pub(super) fn include_progress(&self) -> bool {
        self.0.max_level >= LogLevel::Debug
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

impl Listener {
    fn wants(&self, metadata: &Metadata<'_>) -> bool {
        metadata.is_span() || LogLevel::from(*metadata.level()) <= self.max_level
    }

    fn call_fields(&self) -> MutexGuard<'_, Vec<LogField>> {
        self.call_fields.lock().unwrap_or_else(PoisonError::into_inner)
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
    static LISTENER: RefCell<Option<Arc<Listener>>> = const { RefCell::new(None) };
}

/// Guard that sets the listener of this thread. Dropping the guard restores the previous listener.
struct ListenerGuard(Option<Arc<Listener>>);

impl ListenerGuard {
    fn set(listener: &Arc<Listener>) -> Self {
        Self(LISTENER.replace(Some(Arc::clone(listener))))
    }
}

impl Drop for ListenerGuard {
    fn drop(&mut self) {
        LISTENER.set(self.0.take());
    }
}

/// Subscriber that forwards this crate's events to the listener of the current thread. The only span is that of the
/// call, whose fields are added to each record.
struct CallSubscriber;

impl Subscriber for CallSubscriber {
    fn register_callsite(&self, metadata: &'static Metadata<'static>) -> Interest {
        // `Interest::always` would be wrong: a thread may have no listener, so `tracing` must check every event.
        if metadata.target() == TARGET { Interest::sometimes() } else { Interest::never() }
    }

    fn enabled(&self, metadata: &Metadata<'_>) -> bool {
        metadata.target() == TARGET
            && LISTENER.with_borrow(|listener| listener.as_ref().is_some_and(|it| it.wants(metadata)))
    }

    fn event(&self, event: &Event<'_>) {
        let Some(listener) = LISTENER.with_borrow(Option::clone) else { return };
        let time = SystemTime::now().duration_since(SystemTime::UNIX_EPOCH).unwrap_or_default();
        let mut fields = Fields { message: String::new(), fields: listener.call_fields().clone() };
        event.record(&mut fields);
        let Fields { message: event_text, fields } = fields;
        let level = (*event.metadata().level()).into();
        (listener.on_record)(LogRecord { level, time, event: event_text, fields });
    }

    fn new_span(&self, span: &span::Attributes<'_>) -> span::Id {
        if let Some(listener) = LISTENER.with_borrow(Option::clone) {
            let mut fields = Fields::default();
            span.record(&mut fields);
            *listener.call_fields() = fields.fields;
        }
        span::Id::from_u64(1)
    }

    fn record(&self, _: &span::Id, _: &span::Record<'_>) {}

    fn record_follows_from(&self, _: &span::Id, _: &span::Id) {}

    fn enter(&self, _: &span::Id) {}

    fn exit(&self, _: &span::Id) {}
}

/// Visitor that collects the fields of an event or a span.
#[derive(Default)]
struct Fields {
    message: String,
    fields: Vec<LogField>,
}

impl Visit for Fields {
    fn record_debug(&mut self, field: &Field, value: &dyn fmt::Debug) {
        if field.name() == "message" {
            let _infallible = write!(self.message, "{value:?}");
        } else {
            self.fields.push((field.name(), LogValue::Text(format!("{value:?}"))));
        }
    }

    fn record_str(&mut self, field: &Field, value: &str) {
        self.fields.push((field.name(), LogValue::Text(value.to_owned())));
    }

    fn record_u64(&mut self, field: &Field, value: u64) {
        self.fields.push((field.name(), LogValue::Number(value)));
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::sync::Mutex;

    /// Rules: S18
    #[test]
    fn records_contain_the_fields_of_the_call_and_of_the_event() {
        let records = Arc::new(Mutex::new(Vec::new()));
        let sink = Arc::clone(&records);
        let logs = Logs::new(LogLevel::Trace, move |record| sink.lock().unwrap().push(record));
        let before = SystemTime::now().duration_since(SystemTime::UNIX_EPOCH).unwrap();
        logs.scope(|| {
            let _span =
                tracing::warn_span!(target: "renumerate", "create_session", call_id = %"a-1").entered();
            tracing::debug!(target: "renumerate", attempt = 1_u64, phase = "dns", "attempt ended");
            tracing::debug!(target: "hyper", "pooling idle connection");
        });
        tracing::debug!(target: "renumerate", "no listener");
        let records = records.lock().unwrap();
        assert_eq!(records.len(), 1);
        let LogRecord { level, time, event, fields } = &records[0];
        assert_eq!((*level, event.as_str()), (LogLevel::Debug, "attempt ended"));
        let text = |text: &str| LogValue::Text(text.to_owned());
        assert_eq!(
            *fields,
            [("call_id", text("a-1")), ("attempt", LogValue::Number(1)), ("phase", text("dns"))]
        );
        assert!(*time >= before && *time < before + Duration::from_secs(60), "{time:?}");
        assert_eq!(records[0].message(), "renumerate: attempt ended call_id=a-1 attempt=1 phase=dns");
    }

    /// Rules: S18
    #[test]
    fn less_severe_events_than_the_level_create_no_records() {
        struct Unformatted;
        impl fmt::Display for Unformatted {
            fn fmt(&self, _: &mut fmt::Formatter<'_>) -> fmt::Result {
                panic!("a field of a filtered event is formatted")
            }
        }
        let events = Arc::new(Mutex::new(Vec::new()));
        let sink = Arc::clone(&events);
        let logs = Logs::new(LogLevel::Info, move |record| sink.lock().unwrap().push(record.event));
        logs.scope(|| {
            tracing::warn!(target: "renumerate", "warning");
            tracing::info!(target: "renumerate", "information");
            tracing::debug!(target: "renumerate", field = %Unformatted, "detail");
        });
        assert_eq!(*events.lock().unwrap(), ["warning", "information"]);
    }

    #[test]
    fn nested_call_uses_its_own_listener() {
        let listener = || {
            let lines = Arc::new(Mutex::new(Vec::new()));
            let sink = Arc::clone(&lines);
            (lines, Logs::new(LogLevel::Trace, move |record| sink.lock().unwrap().push(record.event)))
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
        let logs = Logs::new(LogLevel::Trace, move |record| sink.lock().unwrap().push(record.event));
        let log = || tracing::debug!(target: "renumerate", "logged");
        logs.scope(|| ());
        log();
        logs.scope(log);
        assert_eq!(*lines.lock().unwrap(), ["logged"]);
    }
}
