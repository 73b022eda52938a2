//! Batch of events for an event loop. The background thread serializes all events of a batch into one JSON text.
//!
//! If each event were a separate value, the background thread would allocate the values and the event loop would free
//! them. Both threads would then often wait for the lock of the memory allocator.

use renumerate::Result;
use renumerate::ffi::{AnySession, AttemptFields, LogField, LogRecord};
use serde::{Serialize, Serializer};
use serde_json::{to_string, to_writer};

use crate::error_json;

/// Events that the event loop has not taken yet.
#[derive(Default)]
pub(crate) struct EventBatch {
    /// Elements of a JSON array, each preceded by a comma.
    text: Vec<u8>,
    /// Ids of the calls that have ended.
    ended: Vec<u32>,
}

impl EventBatch {
    /// Adds the event for the end of a call.
    ///
    /// For a session, the event is `[0, call id, session id, url, request id or null, attempts]`. The attempts are a
    /// string of JSON, which is parsed only if a caller reads the attempts. For an error, the event is
    /// `[1, call id, fields]`, where the fields are a string of JSON.
    pub(crate) fn end(&mut self, call_id: u32, result: &Result<AnySession>) {
        self.ended.push(call_id);
        match result {
            Ok(AnySession { id, url, request_id, attempts }) => {
                let attempts: Vec<_> = attempts.iter().map(AttemptFields::from).collect();
                let attempts = to_string(&attempts).unwrap_or_default(); // strings and numbers always serialize
                self.push((0, call_id, id, url, request_id, attempts));
            }
            Err(error) => self.push((1, call_id, error_json(error))),
        }
    }

    /// Adds a log record of a call: `[2, call id, record]`.
    pub(crate) fn log(&mut self, call_id: u32, record: &LogRecord) {
        self.push((2, call_id, LogJson::from(record)));
    }

    /// Adds one event, which must serialize as a JSON array.
    fn push(&mut self, event: impl Serialize) {
        self.text.push(b',');
        let _strings_and_numbers_always_serialize = to_writer(&mut self.text, &event);
    }

    /// Completes the JSON array of all events and returns it.
    pub(crate) fn as_json(&mut self) -> &[u8] {
        match self.text.first_mut() {
            Some(comma) => *comma = b'[',
            None => self.text.push(b'['),
        }
        self.text.push(b']');
        &self.text
    }

    /// Returns the ids of the calls that have ended.
    pub(crate) fn ended(&self) -> &[u32] {
        &self.ended
    }

    /// Removes all events. Keeps the memory for reuse, unless it has become larger than `MAX_RETAINED`.
    pub(crate) fn clear(&mut self) {
        const MAX_RETAINED: usize = 1 << 20; // bytes
        if self.text.capacity() > MAX_RETAINED {
            *self = Self::default();
        }
        self.text.clear();
        self.ended.clear();
    }
}

/// Log record in the form of the TypeScript interface `NativeLogRecord`. `time` is in milliseconds since the Unix epoch.
#[derive(Serialize)]
pub(crate) struct LogJson<'a> {
    level: &'static str,
    message: String,
    time: f64,
    event: &'a str,
    #[serde(serialize_with = "as_object")]
    fields: &'a [LogField],
}

impl<'a> From<&'a LogRecord> for LogJson<'a> {
    fn from(record: &'a LogRecord) -> Self {
        Self {
            level: record.level.as_str(),
            message: record.message(),
            time: record.time.as_secs_f64() * 1e3,
            event: &record.event,
            fields: &record.fields,
        }
    }
}

fn as_object<S: Serializer>(fields: &[LogField], serializer: S) -> std::result::Result<S::Ok, S::Error> {
    serializer.collect_map(fields.iter().map(|(name, value)| (name, value)))
}
