//! Unescaping of JSON, URLs and HTML, to find secrets that are hidden by escapes. Shares no code with the redaction.

/// Maximum number of escape layers that are unescaped.
const MAX_LAYERS: usize = 6;

/// Returns the text itself and, for each kind of escape, the text after each layer of unescaping.
pub(crate) fn unescaped_variants(text: &str) -> Vec<String> {
    let mut variants = vec![text.to_owned()];
    for unescape in [json, url, html] {
        let mut text = text.to_owned();
        for _ in 0..MAX_LAYERS {
            let unescaped = unescape(&text);
            if unescaped == text {
                break;
            }
            text.clone_from(&unescaped);
            variants.push(unescaped);
        }
    }
    variants
}

fn json(text: &str) -> String {
    unescape_all(text, '\\', |rest| {
        let hex = rest.strip_prefix('u').and_then(|rest| rest.get(..4)).and_then(character);
        match (hex, rest.chars().next()?) {
            (Some(c), _) => Some((c, 5)),
            (None, c @ ('\\' | '/' | '"')) => Some((c, 1)),
            _ => None,
        }
    })
}

fn url(text: &str) -> String {
    unescape_all(text, '%', |rest| Some((character(rest.get(..2)?)?, 2)))
}

fn html(text: &str) -> String {
    const NAMED: [(&str, char); 5] =
        [("amp;", '&'), ("lt;", '<'), ("gt;", '>'), ("quot;", '"'), ("apos;", '\'')];
    unescape_all(text, '&', |rest| {
        if let Some((name, c)) = NAMED.iter().find(|(name, _)| rest.starts_with(name)) {
            return Some((*c, name.len()));
        }
        let (entity, _) = rest.strip_prefix('#')?.split_once(';')?;
        let c = match entity.strip_prefix(['x', 'X']) {
            Some(hex) => character(hex)?,
            None => char::from_u32(entity.parse().ok()?)?,
        };
        Some((c, entity.len() + 2))
    })
}

/// Unescapes each escape that begins with `sign`. `parse` gets the text after the sign, and returns the character and
/// the length of the escape after the sign in bytes.
fn unescape_all(text: &str, sign: char, parse: impl Fn(&str) -> Option<(char, usize)>) -> String {
    let mut out = String::new();
    let mut rest = text;
    while let Some((before, after)) = rest.split_once(sign) {
        let (c, length) = parse(after).unwrap_or((sign, 0));
        out.push_str(before);
        out.push(c);
        rest = after.get(length..).unwrap_or_default();
    }
    out + rest
}

fn character(hex: &str) -> Option<char> {
    u32::from_str_radix(hex, 16).ok().and_then(char::from_u32)
}

#[test]
fn escapes_are_removed_layer_by_layer() {
    for escaped in
        ["a/b", r"a\/b", r"a\\\/b", r"a\u002fb", "a%2Fb", "a%252fb", "a&#47;b", "a&#x2F;b", "a&amp;#47;b"]
    {
        assert!(unescaped_variants(escaped).contains(&"a/b".to_owned()), "{escaped}");
    }
    assert_eq!(unescaped_variants("a &b; \\c %d"), ["a &b; \\c %d"]);
}
