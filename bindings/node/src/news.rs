//! What comes for an event loop, in the form in which it crosses: one text for all that has gathered, written on the
//! background thread. Values by themselves would be made there and let go of here, and a thread that frees what another
//! one has allocated waits for it.

use std::time::SystemTime;

use renumerate::ffi::{AttemptFields, LogRecord};
use renumerate::{Result, Session, SessionKind};
use serde::Serialize;
use serde_json::{to_string, to_writer};

use crate::json;

/// News that wait.
#[derive(Default)]
pub(crate) struct Batch {
    /// The elements of a JSON array, each with a comma before it.
    text: Vec<u8>,
    /// The numbers of the calls that have ended.
    ended: Vec<u32>,
}

impl Batch {
    /// The end of a call. A session is 0, the call's number, id, url, request id or null, and the attempts as JSON in a
    /// text of its own, which few will read; an error is 1, the number, and its fields in a text of their own.
    pub(crate) fn end<K: SessionKind>(&mut self, number: u32, end: &Result<Session<K>>) {
        self.ended.push(number);
        match end {
            Ok(session) => {
                let attempts: Vec<_> = session.attempts().iter().map(AttemptFields::from).collect();
                let attempts = to_string(&attempts).unwrap_or_default(); // they are texts and numbers
                self.put((0, number, session.id().as_str(), session.url(), session.request_id(), attempts));
            }
            Err(error) => self.put((1, number, json(error))),
        }
    }

    /// A line of a call's log: 2, the call's number, level, message, and milliseconds since the epoch.
    pub(crate) fn log(&mut self, number: u32, record: &LogRecord) {
        let now = SystemTime::now().duration_since(SystemTime::UNIX_EPOCH).unwrap_or_default();
        self.put((2, number, record.level.as_str(), &record.message, now.as_secs_f64() * 1e3));
    }

    /// Each news as an array of its own.
    fn put(&mut self, news: impl Serialize) {
        self.text.push(b',');
        let _texts_and_numbers = to_writer(&mut self.text, &news);
    }

    /// All of it as one array.
    pub(crate) fn as_json(&mut self) -> &[u8] {
        match self.text.first_mut() {
            Some(comma) => *comma = b'[',
            None => self.text.push(b'['),
        }
        self.text.push(b']');
        &self.text
    }

    /// The numbers of the calls that have ended.
    pub(crate) fn ended(&self) -> &[u32] {
        &self.ended
    }

    /// Empties it, and keeps its memory, but for that of a rush.
    pub(crate) fn clear(&mut self) {
        const RUSH: usize = 1 << 20; // bytes
        if self.text.capacity() > RUSH {
            *self = Self::default();
        }
        self.text.clear();
        self.ended.clear();
    }
}
