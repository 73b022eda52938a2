//! The mask for text that a server sends back: the key, however it is written, and session ids.

mod key;
mod unescape;

pub(crate) use key::{BrandKey, MASK};
use unescape::strip_escaped_prefix;

/// How much of a text is looked at; an error keeps far less of it.
const WINDOW_BYTES: usize = 16 * 1024;

/// As long as a character gets in two layers of escapes: `&amp;#x0000002f;`.
const ESCAPED_MAX_CHARS: usize = 16;

/// More of the base64 alphabet than words have: in an answer that should hold a session id it may be one.
const CREDENTIAL_LONGER_THAN: usize = 23;

/// Session ids are over this many characters long; ids that a business may have of its own are not.
pub(crate) const SESSION_ID_LONGER_THAN: usize = 64;

/// How far session ids are masked.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum IdMatch {
    /// What is certainly one: its prefix, and more after it than other ids have.
    Strict,
    /// What may be one: in the body of a success that cannot be read.
    Heuristic,
}

/// A server's text, fit to be shown and kept: without control and invisible characters, the key and session ids.
pub(crate) fn redact(text: &str, key: &BrandKey, ids: IdMatch) -> String {
    // Invisible characters go first: they could hide a key from the search and vanish after it.
    let beginning = window(text);
    let visible: String = beginning.chars().filter(|c| !is_invisible(*c)).collect();
    let mut scrubbed = mask_ids(&redact_secret(&visible, key.expose()), ids);
    if beginning.len() < text.len() {
        // The cut may have left a part of a key or of an id at the end, many characters for one where it is escaped.
        let unsure = ESCAPED_MAX_CHARS * key.expose().len() + 2 * SESSION_ID_LONGER_THAN;
        let keep = scrubbed.chars().count().saturating_sub(unsure);
        scrubbed = scrubbed.chars().take(keep).collect();
    }
    scrubbed
}

/// The text's beginning.
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

/// Characters that nobody sees: controls, line separators, and what Unicode says is to be ignored.
fn is_invisible(c: char) -> bool {
    c.is_control()
        || matches!(c,
            '\u{ad}' | '\u{34f}' | '\u{61c}' | '\u{115f}'..='\u{1160}' | '\u{17b4}'..='\u{17b5}'
            | '\u{180b}'..='\u{180f}' | '\u{200b}'..='\u{200f}' | '\u{2028}'..='\u{202e}' | '\u{2060}'..='\u{206f}'
            | '\u{3164}' | '\u{fe00}'..='\u{fe0f}' | '\u{feff}' | '\u{ffa0}' | '\u{fff0}'..='\u{fffb}'
            | '\u{e0000}'..='\u{e0fff}')
}

/// Masks a secret where it stands as it is, and where JSON, URLs or HTML escape some of its characters.
pub(crate) fn redact_secret(text: &str, secret: &str) -> String {
    let mut out = String::with_capacity(text.len());
    let mut rest = text;
    while let Some(c) = rest.chars().next() {
        let (skipped, after) = match strip_escaped_prefix(rest, secret) {
            Some(after) => (MASK, after),
            None => rest.split_at_checked(c.len_utf8()).unwrap_or((rest, "")),
        };
        out.push_str(skipped);
        rest = after;
    }
    out
}

/// Masks session ids, word by word; a word is a run of the base64 alphabets.
fn mask_ids(text: &str, ids: IdMatch) -> String {
    let mut out = String::with_capacity(text.len());
    for piece in text.split_inclusive(|c| !is_base64(c)) {
        let (word, end) = match piece.char_indices().next_back() {
            Some((at, last)) if !is_base64(last) => piece.split_at_checked(at).unwrap_or((piece, "")),
            _ => (piece, ""),
        };
        push_masked(&mut out, word, ids);
        out.push_str(end);
    }
    out
}

fn is_base64(c: char) -> bool {
    c.is_ascii_alphanumeric() || matches!(c, '_' | '-' | '=' | '+' | '/')
}

fn push_masked(out: &mut String, word: &str, ids: IdMatch) {
    if ids == IdMatch::Heuristic && word.len() > CREDENTIAL_LONGER_THAN {
        out.push_str(MASK);
        return;
    }
    let id_at = ["ret_", "sub_"].iter().filter_map(|prefix| word.find(prefix)).min();
    match id_at.and_then(|at| word.split_at_checked(at)) {
        Some((before, id)) if id.len() > SESSION_ID_LONGER_THAN => {
            out.push_str(before);
            out.push_str(MASK);
        }
        _ => out.push_str(word),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    fn masked(text: &str, key: &str) -> String {
        redact(text, &BrandKey::new(key).unwrap(), IdMatch::Strict)
    }

    /// Rules: X1
    #[test]
    fn an_echoed_key_is_masked_however_it_is_written() {
        let echo = masked("bad key sk_live, sk_\u{0}li\u{200b}ve and xsk_livex", "sk_live");
        assert_eq!(echo, "bad key [masked], [masked] and x[masked]x");
        for (key, written) in [
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
            assert_eq!(masked(&format!("({written})"), key), "([masked])", "{key} as {written}");
        }
        assert_eq!(
            masked("100% of & \\ &amp; &bogus; %zz \\u12", "sk_live"),
            "100% of & \\ &amp; &bogus; %zz \\u12"
        );
    }

    /// Rules: X2
    #[test]
    fn session_ids_are_masked_and_other_ids_are_not() {
        let id = format!("sub_{}/+==", "A".repeat(100));
        let text = format!(r#"{{"id":"{id}","customer":"sub_1MowQVLkdIwHu7ixeRlqHVzs"}} é"#);
        assert_eq!(masked(&text, "x!"), r#"{"id":"[masked]","customer":"sub_1MowQVLkdIwHu7ixeRlqHVzs"} é"#);
        let possible = |text: &str| redact(text, &BrandKey::new("x!").unwrap(), IdMatch::Heuristic);
        assert_eq!(possible(r#"{"session_id":"rts_AAAAAAAAAAAAAAAAAAAA"}"#), r#"{"session_id":"[masked]"}"#);
        assert_eq!(
            possible("<title>Sign in to the network</title>"),
            "<title>Sign in to the network</title>"
        );
    }

    /// Rules: S15
    #[test]
    fn only_the_beginning_of_a_long_text_is_looked_at() {
        assert!(masked(&"é".repeat(1_000_000), "sk_live").len() <= WINDOW_BYTES);
        let hidden = format!("{}sk_live{}", "\u{1}".repeat(WINDOW_BYTES - 4), "x".repeat(9));
        assert_eq!(masked(&hidden, "sk_live"), "");
    }

    proptest! {
        /// Rules: X1
        #[test]
        fn scrubbed_text_never_holds_the_key(before in ".{0,40}", after in ".{0,40}", cut in 0_usize..15) {
            let (head, tail) = "sk_live_planted".split_at(cut);
            let text = masked(&format!("{before}{head}\u{1}{tail}{after}"), "sk_live_planted");
            prop_assert!(!text.contains("sk_live_planted"));
            prop_assert!(!text.chars().any(is_invisible));
        }
    }
}
