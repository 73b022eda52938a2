//! The native half of `@renumerate/node`: it takes JavaScript's values to the core and brings outcomes back as plain
//! values. What is decided is decided in the core; classes, promises and errors are made in `typescript`.
//!
//! Nothing here throws, and nothing here calls JavaScript but to say that there is news: errors and objects are made
//! by the face, in the realm of whoever loaded it.

mod calls;
mod client;
mod misuse;
mod news;
mod settings;

use renumerate::Error;
use renumerate::ffi::{ErrorFields, NameStyle};
use serde_json::to_string;

/// How this language writes names.
const NAMING: NameStyle = NameStyle::CamelCase;

/// An error as the face takes it: `ErrorFields` as JSON.
fn json(error: &Error) -> String {
    fields_json(&ErrorFields::of(error, NAMING))
}

fn fields_json(fields: &ErrorFields) -> String {
    to_string(fields).unwrap_or_default() // they are texts and numbers
}
