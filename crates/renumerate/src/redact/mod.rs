//! Redaction of text from a server: masks session ids, handshake tokens, and the private key and its pieces. The key is
//! found even if some of its characters are replaced by JSON, URL or HTML escapes, and if it is encoded as base64.

mod base64;
mod ids;
mod key;
mod lattice;
mod pieces;
mod unescape;

use std::ops::Range;

use ids::{find_ids, find_long_words};
use pieces::find_pieces;

pub(crate) use ids::{EXCHANGED_PREFIX, OTHER_ID_MAX_CHARS, TOKEN_START};
pub(crate) use key::{BrandKey, KEY_PREFIXES, MASK, PublicKey};

/// Maximum number of bytes of a text that are searched for secrets. The rest of the text is dropped, because an error
/// keeps far fewer bytes.
const WINDOW_BYTES: usize = 16 * 1024;

/// Assumed maximum length of one escaped character. It allows two nested escapes, as in `&amp;#x0000002f;`.
const ESCAPED_MAX_CHARS: usize = 16;

/// The way in which session ids are recognized in a text.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum IdMatch {
    /// Masks only text that begins like a session id or a handshake token.
    Strict,
    /// Also masks every long word of base64 characters. Used for successful responses that cannot be decoded,
    /// because they may contain a session id in an unknown form.
    Heuristic,
}

/// Makes a server's text safe to print and store: removes control and invisible characters, and masks the key, pieces
/// of it, session ids and handshake tokens. `id_prefixes` are the prefixes of session ids.
pub(crate) fn redact(text: &str, key: &BrandKey, ids: IdMatch, id_prefixes: &[&str]) -> String {
    // Remove invisible characters first, because a key that contains them would not be found.
    let window = window(text);
    let visible: String = window.chars().filter(|c| !is_invisible(*c)).collect();
    let pieces = find_pieces(&visible, key.expose(), key.public_prefix_len());
    let mut redacted = mask(&visible, pieces);
    redacted = mask(&redacted, find_ids(&redacted, id_prefixes));
    if ids == IdMatch::Heuristic {
        redacted = mask(&redacted, find_long_words(&redacted));
    }
    if window.len() < text.len() {
        // The window may end in the middle of a key or an id. Such a part is not recognized and not masked. So drop as
        // many characters at the end as an escaped key and an id can have.
        let unsafe_tail = ESCAPED_MAX_CHARS * key.expose().len() + 2 * OTHER_ID_MAX_CHARS;
        let keep = redacted.chars().count().saturating_sub(unsafe_tail);
        redacted = redacted.chars().take(keep).collect();
    }
    redacted
}

/// Returns the beginning of the text, at most [`WINDOW_BYTES`] long.
fn window(text: &str) -> &str {
    if text.len() <= WINDOW_BYTES {
        return text;
    }
    let mut end = WINDOW_BYTES;
    while !text.is_char_boundary(end) {
        end -= 1;
    }
    text.get(..end).unwrap_or_default()
}

/// Returns whether a character is invisible: a control character, a line separator or one of Unicode's
/// default-ignorable characters.
fn is_invisible(c: char) -> bool {
    c.is_control()
        || matches!(c,
            '\u{ad}' | '\u{34f}' | '\u{61c}' | '\u{115f}'..='\u{1160}' | '\u{17b4}'..='\u{17b5}'
            | '\u{180b}'..='\u{180f}' | '\u{200b}'..='\u{200f}' | '\u{2028}'..='\u{202e}' | '\u{2060}'..='\u{206f}'
            | '\u{3164}' | '\u{fe00}'..='\u{fe0f}' | '\u{feff}' | '\u{ffa0}' | '\u{fff0}'..='\u{fffb}'
            | '\u{e0000}'..='\u{e0fff}')
}

/// Masks a secret, but not pieces of it.
pub(crate) fn redact_secret(text: &str, secret: &str) -> String {
    mask(text, find_pieces(text, secret, secret.len()))
}

/// Replaces parts of a text by the mask. Overlapping parts are replaced together.
fn mask(text: &str, mut parts: Vec<Range<usize>>) -> String {
    parts.sort_unstable_by_key(|part| part.start);
    let mut out = String::with_capacity(text.len());
    let mut end = 0;
    for part in parts {
        if part.start >= end {
            out.push_str(text.get(end..part.start).unwrap_or_default());
            out.push_str(MASK);
        }
        end = end.max(part.end);
    }
    out.push_str(text.get(end..).unwrap_or_default());
    out
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    const PREFIXES: &[&str] = &["ret_", "sub_"];

    fn redacted(text: &str, key: &str) -> String {
        redact(text, &BrandKey::new(key).unwrap(), IdMatch::Strict, PREFIXES)
    }

    /// Rules: X1
    #[test]
    fn key_is_masked_in_plain_and_escaped_text() {
        let echo = redacted("bad key sk_live, sk_\u{0}li\u{200b}ve and xsk_livex", "sk_live");
        assert_eq!(echo, "bad key [masked], [masked] and x[masked]x");
        for (key, escaped) in [
            ("sk/live+planted=", r"sk\/live+planted="),
            ("sk/live+planted=", "sk%2Flive%2bplanted%3D"),
            ("sk&live<planted>", r"sk\u0026live\u003cplanted\u003e"),
            ("sk&live<planted>", "sk&amp;live&lt;planted&gt;"),
            ("sk&live<planted>", "sk&#38;live&#x3c;planted&#X3E;"),
            ("sk_live_planted", r"sk\u005flive\u005Fplanted"),
            (r"sk\live", r"sk\\live"),
            ("sk/live+planted=", r"sk\\\/live+planted="),
            ("sk/live+planted=", "sk%252Flive%252Bplanted%25253D"),
            ("sk_live_planted", r"sk\\u005flive_planted"),
            ("100%25", "100%25"),
            ("100%25", "100%2525"),
            ("sk_live_planted", "sk&amp;#x5f;live&#0000000095;planted"),
        ] {
            assert_eq!(redacted(&format!("({escaped})"), key), "([masked])", "{key} as {escaped}");
        }
        assert_eq!(
            redacted("100% of & \\ &amp; &bogus; %zz \\u12", "sk_live"),
            "100% of & \\ &amp; &bogus; %zz \\u12"
        );
    }

    /// Rules: X2
    #[test]
    fn session_ids_are_masked_and_other_ids_are_kept() {
        let id = format!("sub_{}/+==", "A".repeat(100));
        let text = format!(r#"{{"id":"{id}","customer":"sub_1MowQVLkdIwHu7ixeRlqHVzs"}} é"#);
        assert_eq!(redacted(&text, "x!"), r#"{"id":"[masked]","customer":"sub_1MowQVLkdIwHu7ixeRlqHVzs"} é"#);
        let heuristic =
            |text: &str| redact(text, &BrandKey::new("x!").unwrap(), IdMatch::Heuristic, PREFIXES);
        assert_eq!(heuristic(r#"{"session_id":"rts_AAAAAAAAAAAAAAAAAAAA"}"#), r#"{"session_id":"[masked]"}"#);
        assert_eq!(
            heuristic("<title>Sign in to the network</title>"),
            "<title>Sign in to the network</title>"
        );
    }

    /// Rules: S15
    #[test]
    fn long_text_is_cut_to_the_window() {
        assert!(redacted(&"é".repeat(1_000_000), "sk_live").len() <= WINDOW_BYTES);
        let hidden = format!("{}sk_live{}", "\u{1}".repeat(WINDOW_BYTES - 4), "x".repeat(9));
        assert_eq!(redacted(&hidden, "sk_live"), "");

        // The end of the window is dropped, because it may be a part of the key or of an id.
        let kept = 16 * 1024 - 16 * "sk_live".len() - 2 * 64;
        assert_eq!(redacted(&"a ".repeat(10_000), "sk_live").len(), kept);
        assert_eq!(redacted(&"a ".repeat(8 * 1024), "sk_live").len(), 16 * 1024);
        // The window ends before a character that it contains only in part.
        assert_eq!(window(&format!("a{}", "é".repeat(10_000))).len(), 16 * 1024 - 1);
    }

    /// Rules: X2
    #[test]
    fn words_up_to_the_limits_are_kept() {
        let strict = |length: usize| redacted(&format!("sub_{}", "A".repeat(length - 4)), "x!");
        assert_eq!((strict(64).len(), strict(65).as_str()), (64, MASK));
        let heuristic = |length: usize| {
            redact(&"A".repeat(length), &BrandKey::new("x!").unwrap(), IdMatch::Heuristic, PREFIXES)
        };
        assert_eq!((heuristic(23).len(), heuristic(24).as_str()), (23, MASK));
    }

    /// Rules: X2
    #[test]
    fn id_in_a_response_of_unknown_form_is_masked_up_to_its_end() {
        let long = "A".repeat(24);
        let text = format!(r#"{{"sessionId":"ret_a.{long}","other":"{long}","token":"x.{long}"}}"#);
        let expected = r#"{"sessionId":"[masked]","other":"[masked]","token":"x.[masked]"}"#;
        assert_eq!(redact(&text, &BrandKey::new("x!").unwrap(), IdMatch::Heuristic, PREFIXES), expected);
    }

    /// Rules: X1
    #[test]
    fn key_of_a_test_case_is_masked_without_the_name_of_the_case() {
        let key = "sk_case_customer_not_found.planted4eC39";
        assert_eq!(redacted(&format!("{key}: Customer not found"), key), "[masked]: Customer not found");
        assert_eq!(redacted("PLANTED4EC", key), MASK);
    }

    proptest! {
        /// Rules: X1
        #[test]
        fn redacted_text_never_contains_the_key(before in ".{0,40}", after in ".{0,40}", cut in 0_usize..15) {
            let (head, tail) = "sk_live_planted".split_at(cut);
            let text = redacted(&format!("{before}{head}\u{1}{tail}{after}"), "sk_live_planted");
            prop_assert!(!text.contains("sk_live_planted"));
            prop_assert!(!text.chars().any(is_invisible));
        }
    }
}
