//! Responses: a response becomes a session, or an error that contains neither the key nor a session id.

use renumerate::fuzzing::{TEXT_MAX_CHARS, decode};
use renumerate::{Error, Retention, Session, SessionKind, Subscription};

use crate::unescape::unescaped_variants;

/// The public prefixes and the secret parts of keys with different special characters. The library's own texts do not
/// contain a piece of any secret part.
const KEYS: [(&str, &str); 4] = [
    ("sk_live_", "planted_4eC39HqL"),
    ("", "sk/live+planted=="),
    ("", "sk&live<planted>"),
    ("", "100%25\\planted%2F"),
];

const WORDS: &[&str] = &[
    "200\n",
    "404\n",
    "401 1\n",
    "500 2\n",
    "302 3\n",
    "200 3\n",
    "content-type: text/html\n",
    "content-type: ",
    "location: ",
    "x-request-id: ",
    "content-encoding: gzip\n",
    "retry-after: 9\n",
    "\n",
    "\n\n",
    "{\"id\":\"",
    "{\"error\":\"",
    "\"session\":",
    "{",
    "}",
    "\"",
    "\":",
    ",",
    "null",
    "[",
    "\\u",
    "\\",
    "%25",
    "%2F",
    "&amp;",
    "&#x",
    "&#",
    ";",
    "ret_",
    "sub_",
    "sk_live_planted_4eC39HqL",
    "sk/live+planted==",
    "sk&live<planted>",
    "100%25\\planted%2F",
    "sk_live_",
    "PLANTED_4eC39Hq",
    "\u{200b}",
    "\u{0}",
    "gLDTK1oiejL-GsltN_9RMfdZGh4OyJPuaH1E-zKPCe4294_hcnG0J9fz3hK-L-0Swz==",
    "\u{e9}",
];

/// Number of consecutive characters of the key that count as a leak.
const PIECE_MIN_CHARS: usize = 8;

/// Session ids with more characters than this after the prefix are always redacted.
const MAX_UNREDACTED_CHARS: usize = 60;

#[test]
fn fuzz() {
    crate::fuzz!(WORDS, |input: &[u8]| {
        let response = Response::parse(input);
        response.check::<Retention>("ret_");
        response.check::<Subscription>("sub_");
    });
}

/// A response. The input has a line with the status and the index of the key that was sent, then headers, an empty
/// line, and the body.
struct Response<'a> {
    status: u16,
    prefix: &'static str,
    secret: &'static str,
    headers: Vec<(&'a [u8], &'a [u8])>,
    body: &'a [u8],
}

impl<'a> Response<'a> {
    fn parse(input: &'a [u8]) -> Self {
        let (first, mut rest) = split_line(input);
        let mut numbers = first
            .split(|byte| *byte == b' ')
            .map(|number| std::str::from_utf8(number).ok().and_then(|number| number.parse::<u16>().ok()));
        let status = numbers.next().flatten().filter(|status| (100..=999).contains(status)).unwrap_or(200);
        let (prefix, secret) = KEYS[usize::from(numbers.next().flatten().unwrap_or_default()) % KEYS.len()];
        let mut headers = Vec::new();
        while !rest.is_empty() {
            let (header, after) = split_line(rest);
            rest = after;
            if header.is_empty() {
                break;
            }
            let colon = header.iter().position(|byte| *byte == b':').unwrap_or(header.len());
            headers.push((&header[..colon], header.get(colon + 1..).unwrap_or_default().trim_ascii()));
        }
        Self { status, prefix, secret, headers, body: rest }
    }

    fn check<K: SessionKind>(&self, prefix: &str) {
        let key = format!("{}{}", self.prefix, self.secret);
        match decode::<K>(self.status, &self.headers, self.body, &key) {
            Ok(session) => self.check_session(&session, prefix),
            Err(error) => self.check_error(&error),
        }
    }

    fn check_session<K: SessionKind>(&self, session: &Session<K>, prefix: &str) {
        assert!((200..300).contains(&self.status), "session with status {}", self.status);
        let id = session.id().as_str();
        let sealed = id.strip_prefix(prefix).expect("id without its prefix");
        assert!(!sealed.is_empty() && session.url().ends_with(id));
        // A server may put the id into any field. It is redacted if it is long enough to be recognized.
        if sealed.len() > MAX_UNREDACTED_CHARS && sealed.bytes().all(is_base64) {
            let shown = format!("{session:?}");
            assert!(!shown.contains(sealed), "{shown}");
        }
        let request_id = session.request_id().unwrap_or_default();
        self.check_text("request id", request_id, TEXT_MAX_CHARS);
    }

    fn check_error(&self, error: &Error) {
        let code = match self.status {
            // The fuzzed code accepts more JSON than `has_error_message`.
            404 if self.has_error_message() || error.code() == "not_found" => "not_found",
            ..400 | 404 => "unexpected_response",
            400 | 422 => "bad_request",
            401 | 403 => "authentication",
            429 => "rate_limited",
            500..=599 => "server",
            _ => "api",
        };
        assert_eq!((error.code(), error.status()), (code, Some(self.status)));
        self.check_text("body", error.body().expect("error of a response without a body"), TEXT_MAX_CHARS);
        self.check_text("request id", error.request_id().unwrap_or_default(), TEXT_MAX_CHARS);
        self.check_text("content type", error.content_type().unwrap_or_default(), TEXT_MAX_CHARS);
        // The message is the server's text with up to 128 characters of the library.
        self.check_text("message", error.message(), TEXT_MAX_CHARS + 128);
        self.check_text("error", &error.to_string(), 2 * TEXT_MAX_CHARS + 256);
        self.check_text("debug output", &format!("{error:?}"), usize::MAX);
    }

    /// Whether the body has the form of the service's errors.
    fn has_error_message(&self) -> bool {
        let json: serde_json::Value = serde_json::from_slice(self.body).unwrap_or_default();
        ["/error", "/error/message"]
            .iter()
            .any(|at| json.pointer(at).is_some_and(serde_json::Value::is_string))
    }

    fn check_text(&self, name: &str, text: &str, max_chars: usize) {
        let length = text.chars().count();
        assert!(length <= max_chars, "{name} has {length} characters");
        for variant in unescaped_variants(text) {
            let piece = find_piece(&variant, self.secret);
            assert_eq!(piece, None, "{name} contains a piece of {}: {text:?}", self.secret);
        }
        for word in text.split(|c: char| !u8::try_from(c).is_ok_and(is_base64)) {
            let id_at = word.find("ret_").into_iter().chain(word.find("sub_")).min().unwrap_or(word.len());
            assert!(word.len() - id_at <= 4 + MAX_UNREDACTED_CHARS, "{name} contains a session id: {text:?}");
            assert!(!word.starts_with("ret_") || word == "ret_", "{name} contains a session id: {text:?}");
        }
        let invisible = |c: &char| {
            c.is_control() || ('\u{200b}'..='\u{202e}').contains(c) && !('\u{2010}'..='\u{2027}').contains(c)
        };
        assert_eq!(text.chars().find(invisible), None, "{name} contains an invisible character: {text:?}");
    }
}

/// Returns a part of the text that is equal to a part of the secret, except in case, and has [`PIECE_MIN_CHARS`]
/// characters.
fn find_piece(text: &str, secret: &str) -> Option<String> {
    let (text, secret) = (text.to_ascii_lowercase(), secret.to_ascii_lowercase());
    let pieces = secret.as_bytes().windows(PIECE_MIN_CHARS).map(String::from_utf8_lossy);
    pieces.map(String::from).find(|piece| text.contains(piece))
}

/// Splits the input after its first line.
fn split_line(input: &[u8]) -> (&[u8], &[u8]) {
    let end = input.iter().position(|byte| *byte == b'\n').unwrap_or(input.len());
    (&input[..end], input.get(end + 1..).unwrap_or_default())
}

fn is_base64(byte: u8) -> bool {
    byte.is_ascii_alphanumeric() || b"_-=+/".contains(&byte)
}
