//! Wire protocol without I/O: encodes requests, decodes responses, and adds hints about rejected requests.

mod codec;
mod hints;
mod json;
mod response;

pub(crate) use codec::{KEY_HEADER, decode, encode};
pub(crate) use hints::{PUBLIC_KEY, explain};
#[cfg(feature = "fuzzing")]
pub(crate) use response::TEXT_MAX_CHARS;
pub(crate) use response::{BODY_MAX_BYTES, RawResponse, redact_text};
