//! What becomes of an answer: a session where it grants one, else an error that shows neither the key nor a session id.

use renumerate::fuzzing::{TEXT_MAX_CHARS, decode};
use renumerate::{Error, Retention, Session, SessionKind, Subscription};

use crate::readings::readings;

/// Keys of every shape; none of their first halves is in a text that the library writes itself.
const KEYS: [&str; 4] =
    ["sk_live_planted_4eC39HqL", "sk/live+planted==", "sk&live<planted>", "100%25\\planted%2F"];

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
    "planted",
    "\u{200b}",
    "\u{0}",
    "gLDTK1oiejL-GsltN_9RMfdZGh4OyJPuaH1E-zKPCe4294_hcnG0J9fz3hK-L-0Swz==",
    "\u{e9}",
];

/// How many characters follow the prefix of what is certainly a session id.
const SEALED_MORE_THAN: usize = 60;

#[test]
fn fuzz() {
    crate::fuzz!(WORDS, |input: &[u8]| {
        let answer = Answer::read(input);
        answer.check::<Retention>("ret_");
        answer.check::<Subscription>("sub_");
    });
}

/// An answer as an input spells it: the status and which of the keys was sent, headers, an empty line, the body.
struct Answer<'a> {
    status: u16,
    key: &'static str,
    headers: Vec<(&'a [u8], &'a [u8])>,
    body: &'a [u8],
}

impl<'a> Answer<'a> {
    fn read(input: &'a [u8]) -> Self {
        let (first, mut rest) = line(input);
        let mut numbers = first
            .split(|byte| *byte == b' ')
            .map(|number| std::str::from_utf8(number).ok().and_then(|number| number.parse::<u16>().ok()));
        let status = numbers.next().flatten().filter(|status| (100..=999).contains(status)).unwrap_or(200);
        let key = KEYS[usize::from(numbers.next().flatten().unwrap_or_default()) % KEYS.len()];
        let mut headers = Vec::new();
        while !rest.is_empty() {
            let (header, after) = line(rest);
            rest = after;
            if header.is_empty() {
                break;
            }
            let colon = header.iter().position(|byte| *byte == b':').unwrap_or(header.len());
            headers.push((&header[..colon], header.get(colon + 1..).unwrap_or_default().trim_ascii()));
        }
        Self { status, key, headers, body: rest }
    }

    fn check<K: SessionKind>(&self, prefix: &str) {
        match decode::<K>(self.status, &self.headers, self.body, self.key) {
            Ok(session) => self.check_session(&session, prefix),
            Err(error) => self.check_error(&error),
        }
    }

    fn check_session<K: SessionKind>(&self, session: &Session<K>, prefix: &str) {
        assert!((200..300).contains(&self.status), "a session of status {}", self.status);
        let id = session.id().as_str();
        let sealed = id.strip_prefix(prefix).expect("an id has its prefix");
        assert!(!sealed.is_empty() && session.url().ends_with(id));
        // A server may say the id anywhere; where it is long enough to be told from other words it is masked.
        if sealed.len() > SEALED_MORE_THAN && sealed.bytes().all(is_base64) {
            let shown = format!("{session:?}");
            assert!(!shown.contains(sealed), "{shown}");
        }
        let request_id = session.request_id().unwrap_or_default();
        self.check_shown("the request id", request_id, TEXT_MAX_CHARS);
    }

    fn check_error(&self, error: &Error) {
        let code = match self.status {
            ..400 => "unexpected_response",
            400 | 422 => "bad_request",
            401 | 403 => "authentication",
            404 => "not_found",
            429 => "rate_limited",
            500..=599 => "server",
            _ => "api",
        };
        assert_eq!((error.code(), error.status()), (code, Some(self.status)));
        self.check_shown("the body", error.body().expect("an answer's error has a body"), TEXT_MAX_CHARS);
        self.check_shown("the request id", error.request_id().unwrap_or_default(), TEXT_MAX_CHARS);
        self.check_shown("the content type", error.content_type().unwrap_or_default(), TEXT_MAX_CHARS);
        // A server's text and words of our own around it.
        self.check_shown("the message", error.message(), TEXT_MAX_CHARS + 128);
        self.check_shown("the error", &error.to_string(), 2 * TEXT_MAX_CHARS + 256);
        self.check_shown("all of it", &format!("{error:?}"), usize::MAX);
    }

    fn check_shown(&self, what: &str, shown: &str, most: usize) {
        let length = shown.chars().count();
        assert!(length <= most, "{what} is {length} characters long");
        for reading in readings(shown) {
            assert!(!reading.contains(self.key), "{what} holds {} in {shown:?}", self.key);
        }
        for word in shown.split(|c: char| !u8::try_from(c).is_ok_and(is_base64)) {
            let id_at = word.find("ret_").into_iter().chain(word.find("sub_")).min().unwrap_or(word.len());
            assert!(word.len() - id_at <= 4 + SEALED_MORE_THAN, "{what} holds a session id: {shown:?}");
        }
        let odd = |c: &char| {
            c.is_control() || ('\u{200b}'..='\u{202e}').contains(c) && !('\u{2010}'..='\u{2027}').contains(c)
        };
        assert_eq!(shown.chars().find(odd), None, "{what} holds what nobody sees: {shown:?}");
    }
}

/// The input's first line, and what follows it.
fn line(input: &[u8]) -> (&[u8], &[u8]) {
    let end = input.iter().position(|byte| *byte == b'\n').unwrap_or(input.len());
    (&input[..end], input.get(end + 1..).unwrap_or_default())
}

fn is_base64(byte: u8) -> bool {
    byte.is_ascii_alphanumeric() || b"_-=+/".contains(&byte)
}
