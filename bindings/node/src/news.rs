//! What comes for an event loop, in the form in which it crosses: texts and numbers, made on the background thread.

use std::time::SystemTime;

use napi::bindgen_prelude::{Array, Null, Result};
use renumerate::binding::{AttemptFields, LogLevel, LogRecord};
use renumerate::{Session, SessionKind};
use serde_json::to_string;

use crate::json;

/// Something that happened to a call.
pub(crate) enum News {
    /// It has succeeded.
    Minted(u32, Minted),
    /// It has failed, with these fields as JSON.
    Failed(u32, String),
    /// It has logged something.
    Logged(u32, Line),
}

pub(crate) struct Minted {
    id: String,
    url: String,
    request_id: Option<String>,
    attempts: String,
}

pub(crate) struct Line {
    level: &'static str,
    message: String,
    /// Milliseconds since the epoch.
    time: f64,
}

impl News {
    pub(crate) fn of_end<K: SessionKind>(number: u32, end: renumerate::Result<Session<K>>) -> Self {
        match end {
            Ok(session) => {
                let attempts: Vec<_> = session.attempts().iter().map(AttemptFields::from).collect();
                Self::Minted(
                    number,
                    Minted {
                        url: session.url().to_owned(),
                        request_id: session.request_id().map(str::to_owned),
                        attempts: to_string(&attempts).unwrap_or_default(), // they are texts and numbers
                        id: session.into_id().into(),
                    },
                )
            }
            Err(error) => Self::Failed(number, json(&error)),
        }
    }

    pub(crate) fn of_log(number: u32, record: LogRecord) -> Self {
        let level = match record.level {
            LogLevel::Error => "error",
            LogLevel::Warn => "warn",
            LogLevel::Info => "info",
            LogLevel::Debug => "debug",
            LogLevel::Trace => "trace",
        };
        let now = SystemTime::now().duration_since(SystemTime::UNIX_EPOCH).unwrap_or_default();
        Self::Logged(number, Line { level, message: record.message, time: now.as_secs_f64() * 1e3 })
    }

    /// The number of the call.
    pub(crate) fn number(&self) -> u32 {
        match self {
            Self::Minted(number, _) | Self::Failed(number, _) | Self::Logged(number, _) => *number,
        }
    }

    /// Whether the call has ended with it.
    pub(crate) fn ends(&self) -> bool {
        !matches!(self, Self::Logged(..))
    }

    /// Adds it to what `Calls::take` hands over, in the order that is written there.
    pub(crate) fn append_to(self, taken: &mut Array<'_>) -> Result<()> {
        match self {
            Self::Minted(number, Minted { id, url, request_id, attempts }) => {
                taken.insert(0)?;
                taken.insert(number)?;
                taken.insert(id)?;
                taken.insert(url)?;
                match request_id {
                    Some(request_id) => taken.insert(request_id)?,
                    None => taken.insert(Null)?,
                }
                taken.insert(attempts)
            }
            Self::Failed(number, fields) => {
                taken.insert(1)?;
                taken.insert(number)?;
                taken.insert(fields)
            }
            Self::Logged(number, Line { level, message, time }) => {
                taken.insert(2)?;
                taken.insert(number)?;
                taken.insert(level)?;
                taken.insert(message)?;
                taken.insert(time)
            }
        }
    }
}
