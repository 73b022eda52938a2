//! Search for session ids and handshake tokens.

use std::ops::Range;

/// Maximum length of an id that begins like a session id but is not one, such as a Stripe subscription id (`sub_…`).
pub(crate) const OTHER_ID_MAX_CHARS: usize = 64;

/// Prefix of the ids of subscription sessions, and of Stripe's subscription ids, which are shorter.
const AMBIGUOUS_PREFIX: &str = "sub_";

/// Prefix of the ids of sessions that the browser library creates with a handshake token.
pub(crate) const EXCHANGED_PREFIX: &str = "r10_";

/// Start of a handshake token: the start of a JSON object in base64.
pub(crate) const TOKEN_START: &str = "eyJ";

/// Maximum length of a word that [`find_long_words`] leaves out. A longer word may be a session id.
const WORD_MAX_CHARS: usize = 23;

/// Returns the session ids and handshake tokens in a text, each up to the end of its word. `prefixes` are the prefixes
/// of session ids.
pub(crate) fn find_ids(text: &str, prefixes: &[&str]) -> Vec<Range<usize>> {
    let find = |(start, word): (usize, &str)| {
        // A dot at the end of a word is the end of a sentence.
        let word = word.trim_end_matches('.');
        let begins_word = |at: usize| text.get(..start + at).is_some_and(begins_word);
        let id = (0..word.len()).find(|at| is_session_id(word, *at, begins_word, prefixes));
        let at = id.into_iter().chain(find_token(word, begins_word)).min()?;
        Some(start + at..start + word.len())
    };
    words(text, |c| is_base64(c) || matches!(c, '.' | '~')).filter_map(find).collect()
}

/// Returns the words of base64 characters that are longer than [`WORD_MAX_CHARS`].
pub(crate) fn find_long_words(text: &str) -> Vec<Range<usize>> {
    let long = words(text, is_base64).filter(|(_, word)| word.len() > WORD_MAX_CHARS);
    long.map(|(start, word)| start..start + word.len()).collect()
}

/// Splits a text into words, and returns each with its position. `is_part` returns whether a character is part of a
/// word.
fn words(text: &str, is_part: fn(char) -> bool) -> impl Iterator<Item = (usize, &str)> {
    let mut end = 0;
    text.split_inclusive(move |c| !is_part(c)).map(move |piece| {
        let start = end;
        end += piece.len();
        (start, piece.trim_end_matches(|c| !is_part(c)))
    })
}

/// Returns whether a session id begins at this position and ends with the word.
fn is_session_id(word: &str, at: usize, begins_word: impl Fn(usize) -> bool, prefixes: &[&str]) -> bool {
    let id = word.get(at..).unwrap_or_default();
    let mut prefixes = prefixes.iter().chain(&[EXCHANGED_PREFIX]);
    let Some(prefix) = prefixes.find(|prefix| id.starts_with(**prefix)) else { return false };
    if *prefix != AMBIGUOUS_PREFIX && begins_word(at) {
        return id.len() > prefix.len();
    }
    // Words such as `interpret_result` contain a prefix, too. Only a long run of base64 characters is certainly an id.
    id.len() > OTHER_ID_MAX_CHARS && id.chars().take(OTHER_ID_MAX_CHARS + 1).all(is_base64)
}

/// Returns the position of a handshake token or another JSON Web Token.
fn find_token(word: &str, begins_word: impl Fn(usize) -> bool) -> Option<usize> {
    word.match_indices('.').find_map(|(dot, _)| {
        let (before, after) = word.split_at_checked(dot)?;
        let part_at = before.trim_end_matches(is_base64url).len();
        let mut starts = before.get(part_at..)?.match_indices(TOKEN_START).map(|(at, _)| part_at + at);
        let is_signed = after.chars().nth(1).is_some_and(is_base64url);
        starts.find(|at| is_signed && begins_word(*at) && at + TOKEN_START.len() < dot)
    })
}

/// Returns whether a word begins after this text. The letters at the end of an escape are not part of a word.
fn begins_word(before: &str) -> bool {
    match before.as_bytes() {
        [] | [.., b'\\', b'b' | b'f' | b'n' | b'r' | b't'] => true,
        [.., b'%', a, b] if is_hex(&[*a, *b]) => true,
        [.., b'\\', b'u' | b'U', a, b, c, d] if is_hex(&[*a, *b, *c, *d]) => true,
        [.., last] => !last.is_ascii_alphanumeric() && *last != b'_',
    }
}

fn is_hex(digits: &[u8]) -> bool {
    digits.iter().all(u8::is_ascii_hexdigit)
}

fn is_base64(c: char) -> bool {
    is_base64url(c) || matches!(c, '=' | '+' | '/')
}

fn is_base64url(c: char) -> bool {
    c.is_ascii_alphanumeric() || matches!(c, '_' | '-')
}

#[cfg(test)]
mod tests {
    use super::super::{MASK, mask};
    use super::*;

    fn redacted(text: &str) -> String {
        mask(text, find_ids(text, &["ret_", "sub_"]))
    }

    /// Rules: X2
    #[test]
    fn session_id_of_any_length_is_masked() {
        for (text, expected) in [
            (r#"{"sessionId":"ret_abc.def"}"#, r#"{"sessionId":"[masked]"}"#),
            ("ret_x r10_y (ret_-=) ret_a/b+c~d, r10_.5", "[masked] [masked] ([masked]) [masked], [masked]"),
            ("No session ret_abc. Sessions r10_abc...", "No session [masked]. Sessions [masked]..."),
            ("/ret_a?session_id=ret_a&x", "/[masked]?session_id=[masked]&x"),
            (
                r"\nret_a \u003dr10_a %3Dret_a &#61;ret_a",
                r"\n[masked] \u003d[masked] %3D[masked] &#61;[masked]",
            ),
            ("x-ret_a \"ret_a\" é:ret_a éret_a", "x-[masked] \"[masked]\" é:[masked] é[masked]"),
        ] {
            assert_eq!(redacted(text), expected, "{text}");
        }
        for kept in [
            "ret_ r10_ ret_. ret_... ret_, (r10_)",
            "interpret_result, pret_a_porter, the_ret_val, nret_a, u003dret_a, 3Dret_a, %zZret_a, r11_a, RET_A",
            "sub_1MowQVLkdIwHu7ixeRlqHVzs eyJ",
        ] {
            assert_eq!(redacted(kept), kept);
        }
    }

    /// Rules: X2
    #[test]
    fn id_that_may_be_another_one_is_masked_if_it_is_long() {
        for (before, prefix) in [("", "sub_"), ("x", "ret_"), ("the_", "r10_"), ("x", "sub_")] {
            let text = |length: usize| format!("{before}{prefix}{}", "A".repeat(length - 4));
            assert_eq!(redacted(&text(64)), text(64));
            assert_eq!(redacted(&text(65)), format!("{before}{MASK}"));
        }
        let dotted = format!("interpret_{}.{}", "a".repeat(60), "b".repeat(60));
        assert_eq!(redacted(&dotted), dotted);
    }

    /// Rules: X2
    #[test]
    fn handshake_token_is_masked() {
        for (text, expected) in [
            (r#"{"handshakeToken":"eyJicmFuZFB1YiI6In0.XPvQs1R3_-A"}"#, r#"{"handshakeToken":"[masked]"}"#),
            ("Bearer eyJh.eyJi.c_-. token=eyJh.b", "Bearer [masked]. token=[masked]"),
            (
                r"\neyJh.b %22eyJh.b \u0022eyJh.b v1.eyJh.b",
                r"\n[masked] %22[masked] \u0022[masked] v1.[masked]",
            ),
        ] {
            assert_eq!(redacted(text), expected, "{text}");
        }
        for kept in ["eyJ.abc eyJ eyJh eyJh. eyJh... eyJh.=", "heyJoe.a they_eyJh.b"] {
            assert_eq!(redacted(kept), kept);
        }
    }
}
