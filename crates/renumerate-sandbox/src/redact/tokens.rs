//! Handshake tokens in texts. A token is found wherever a client writes it: in a query, a header, JSON or other text.
//! It may be in base64 instead of base64url, and percent-encoded or escaped as in JSON.

use std::ops::Range;

/// Minimum length of the encoded payload of a token that is redacted.
const PAYLOAD_MIN_CHARS: usize = 40;

/// Minimum length of the encoded signature of a token that is redacted.
const SIGNATURE_MIN_CHARS: usize = 20;

/// Part of a text that may be the beginning of a token.
#[derive(Clone, Copy)]
enum State {
    Outside,
    Payload {
        start: usize,
        chars: usize,
    },
    /// After the payload, in the padding of base64.
    Padding {
        start: usize,
    },
    Signature {
        start: usize,
        end: usize,
        chars: usize,
    },
}

/// Returns the positions of the tokens in a text.
pub(super) fn find(text: &str) -> Vec<Range<usize>> {
    let mut found = Vec::new();
    // A token contains a dot, which may be escaped. Most texts have none.
    if !text.contains(['.', '%', '\\']) {
        return found;
    }
    let mut state = State::Outside;
    let mut after_word = false;
    let mut rest = text;
    while let Some((char, length)) = next_char(rest) {
        let position = text.len() - rest.len();
        rest = rest.get(length..).unwrap_or_default();
        if let State::Signature { start, end, chars } = state
            && !is_signature(char)
            && chars >= SIGNATURE_MIN_CHARS
        {
            found.push(start..end);
        }
        state = match state {
            State::Payload { start, chars: 1 } if is_second(char) => State::Payload { start, chars: 2 },
            State::Payload { start, chars } if chars > 1 && is_base64(char) => {
                State::Payload { start, chars: chars + 1 }
            }
            State::Payload { start, chars: PAYLOAD_MIN_CHARS.. } if char == '=' => State::Padding { start },
            State::Padding { start } if char == '=' => State::Padding { start },
            State::Payload { start, chars: PAYLOAD_MIN_CHARS.. } | State::Padding { start }
                if char == '.' =>
            {
                State::Signature { start, end: position, chars: 0 }
            }
            State::Signature { start, chars, .. } if is_signature(char) => {
                State::Signature { start, end: position + length, chars: chars + 1 }
            }
            // The payload is a JSON object, whose first character `{` is encoded as `e` and a second character.
            _ if char == 'e' && !after_word => State::Payload { start: position, chars: 1 },
            _ => State::Outside,
        };
        after_word = char.is_ascii_alphanumeric() || matches!(char, '-' | '_');
    }
    if let State::Signature { start, end, chars: SIGNATURE_MIN_CHARS.. } = state {
        found.push(start..end);
    }
    found
}

/// Returns the first character of a text and the length of its notation. The character may be percent-encoded, or
/// escaped as in JSON.
fn next_char(text: &str) -> Option<(char, usize)> {
    let hex = |range: Range<usize>| {
        let digits = text.get(range).filter(|digits| digits.bytes().all(|byte| byte.is_ascii_hexdigit()))?;
        let code = u32::from_str_radix(digits, 16).ok()?;
        Some(char::from_u32(code).unwrap_or(char::REPLACEMENT_CHARACTER))
    };
    let first = text.chars().next()?;
    let escaped = match (first, text.get(1..2)) {
        ('%', _) => hex(1..3).map(|char| (char, 3)),
        ('\\', Some("u")) => hex(2..6).map(|char| (char, 6)),
        ('\\', Some("/")) => Some(('/', 2)),
        ('\\', Some(_)) => Some((' ', 2)), // a control character or a quote
        _ => None,
    };
    Some(escaped.unwrap_or((first, first.len_utf8())))
}

fn is_second(char: char) -> bool {
    matches!(char, 'w'..='z' | '0'..='9' | '-' | '_' | '+' | '/')
}

fn is_base64(char: char) -> bool {
    char.is_ascii_alphanumeric() || matches!(char, '-' | '_' | '+' | '/')
}

/// Returns whether a character may be in the signature. A dot may, as in a token with three parts, which is invalid.
fn is_signature(char: char) -> bool {
    is_base64(char) || matches!(char, '=' | '.')
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Encoded payload, whose length requires one character of padding.
    fn payload() -> String {
        "eyJ".to_owned() + &"a".repeat(40)
    }

    fn tokens() -> [String; 4] {
        let payload = payload();
        let url_safe = format!("{payload}.{}", "b-_".repeat(14));
        let base64 = format!("{payload}=.{}w=", "b+/".repeat(14));
        let percent_encoded = base64.replace('=', "%3D").replace('+', "%2b").replace('/', "%2F");
        let escaped = base64.replace('=', "\\u003d").replace('+', "\\u002B").replace('/', "\\/");
        [url_safe, base64, percent_encoded, escaped]
    }

    #[test]
    fn token_is_found_in_each_notation_and_place() {
        for token in tokens() {
            for text in [
                "TOKEN",
                "/x?token=TOKEN&a=b",
                "/x?token=%22TOKEN%22",
                "/x/TOKEN",
                r#"{"handshakeToken":"TOKEN"}"#,
                r#"{"text":"{\"token\":\"TOKEN\"}"}"#,
                r#"{"text":"a\nTOKEN\u00e9\ud83d"}"#,
                "Bearer TOKEN",
                "token=TOKEN; path=/",
                "é TOKEN é",
                "TOKEN TOKEN",
                "eyJ.x e=TOKEN",
            ] {
                let count = text.matches("TOKEN").count();
                let text = text.replace("TOKEN", &token);
                let found: Vec<_> = find(&text).into_iter().map(|range| text.get(range).unwrap()).collect();
                assert_eq!(found, vec![token.as_str(); count], "{text}");
            }
        }
    }

    #[test]
    fn other_texts_are_not_found() {
        let (payload, signature) = (payload(), "b-_".repeat(14));
        for text in [
            String::new(),
            "ex.example.com".to_owned(),
            format!("{payload} {signature}"),
            format!("{payload}.{}", "b".repeat(SIGNATURE_MIN_CHARS - 1)),
            format!("eyJ.{signature}"),
            format!("a{payload}.{signature}"),
            format!("ea{payload}.{signature}"),
            format!("{payload}%.{signature}"),
        ] {
            assert_eq!(find(&text), [], "{text}");
        }
    }
}
