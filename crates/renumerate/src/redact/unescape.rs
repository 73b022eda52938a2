//! Unescaping of text that contains JSON, URL or HTML escapes. Escapes can be nested, because servers and proxies embed
//! escaped text in other formats.

use super::lattice::Lattice;

/// Maximum number of nested layers of one escape format. Text with more layers is not unescaped.
const MAX_LAYERS: usize = 8;

/// Finds all ways to read a text: at each position the byte itself and, if an escape begins there, the byte that the
/// escape stands for. The nodes of the lattice are the positions in the text. Of the escapes for characters beyond
/// ASCII, only those of URLs are understood.
pub(crate) fn readings(text: &str) -> Lattice {
    let mut lattice = Lattice::with_capacity(text.len());
    for (at, byte) in text.bytes().enumerate() {
        lattice.add_node();
        lattice.add_edge(byte, at + 1);
        let mut add = |c: char, rest: &str| {
            if let Ok(byte) = u8::try_from(c) {
                lattice.add_edge(byte, text.len() - rest.len());
            }
        };
        let rest = || text.get(at + 1..).unwrap_or_default();
        match byte {
            b'%' => read_url(rest(), &mut add),
            b'\\' => read_json(rest(), &mut add),
            b'&' => read_html(rest(), &mut add),
            _ => {}
        }
    }
    lattice
}

/// Reads URL escapes, such as `%2F` and the nested `%252F`. `rest` is the text after the `%`. Passes each character to
/// `add`, with the text after the escape.
fn read_url(mut rest: &str, add: &mut impl FnMut(char, &str)) {
    for _ in 0..MAX_LAYERS {
        let Some((digits, end)) = rest.split_at_checked(2) else { return };
        if let Some(c) = parse_char(digits, 16) {
            add(c, end);
        }
        let Some(inner) = rest.strip_prefix("25") else { return };
        rest = inner;
    }
}

/// Reads JSON escapes: `\u002f`, `\/`, `\\`. Nested escapes begin with additional backslashes. `rest` is the text after
/// the first backslash.
fn read_json(rest: &str, add: &mut impl FnMut(char, &str)) {
    let rest = skip_backslashes(rest);
    add('\\', rest);
    if let Some(end) = rest.strip_prefix('/') {
        add('/', end);
    }
    let escaped = rest.strip_prefix(['u', 'U']).and_then(|rest| rest.split_at_checked(4));
    if let Some((c, end)) = escaped.and_then(|(digits, end)| Some((parse_char(digits, 16)?, end))) {
        add(c, end);
    }
}

/// Skips the additional backslashes of nested escapes. Each layer of escapes doubles the number of backslashes.
/// Therefore, [`MAX_LAYERS`] layers add at most `2^MAX_LAYERS - 1` backslashes, and this function skips no more than
/// that. Without this limit, a text that consists of backslashes would take quadratic time.
fn skip_backslashes(mut rest: &str) -> &str {
    const HALF: [u8; 1 << (MAX_LAYERS - 1)] = [b'\\'; 1 << (MAX_LAYERS - 1)];
    for layer in (0..MAX_LAYERS).rev() {
        let (run, end) = rest.split_at_checked(1 << layer).unwrap_or_default();
        if !run.is_empty() && HALF.starts_with(run.as_bytes()) {
            rest = end;
        }
    }
    rest
}

/// Reads HTML escapes, such as `&#47;`, `&#x2f;`, `&lt;` and the nested `&amp;lt;`. `rest` is the text after the `&`.
fn read_html(mut rest: &str, add: &mut impl FnMut(char, &str)) {
    for _ in 0..MAX_LAYERS {
        if let Some((c, end)) = parse_entity(rest) {
            add(c, end);
        }
        let Some(inner) = strip_prefix_ignore_case(rest, "amp;") else { return };
        add('&', inner);
        rest = inner;
    }
}

/// Parses an HTML entity. `text` begins after the `&` of the entity. Returns the character that the entity stands for,
/// and the rest of the text. Accepts numeric entities without a semicolon, as browsers do.
fn parse_entity(text: &str) -> Option<(char, &str)> {
    for (name, c) in [("lt;", '<'), ("gt;", '>')] {
        if let Some(end) = strip_prefix_ignore_case(text, name) {
            return Some((c, end));
        }
    }
    let text = text.strip_prefix('#')?;
    let (radix, digits) = text.strip_prefix(['x', 'X']).map_or((10, text), |digits| (16, digits));
    let end = digits.trim_start_matches(|c: char| c.is_digit(radix));
    let digits = digits.strip_suffix(end)?.trim_start_matches('0');
    Some((parse_char(digits, radix)?, end.strip_prefix(';').unwrap_or(end)))
}

fn strip_prefix_ignore_case<'a>(text: &'a str, prefix: &str) -> Option<&'a str> {
    let (start, end) = text.split_at_checked(prefix.len())?;
    start.eq_ignore_ascii_case(prefix).then_some(end)
}

fn parse_char(digits: &str, radix: u32) -> Option<char> {
    u32::from_str_radix(digits, radix).ok().and_then(char::from_u32)
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Returns the longest end of the text that follows the word. In the text, each character may be escaped.
    fn strip_escaped_prefix<'a>(text: &'a str, word: &str) -> Option<&'a str> {
        let lattice = readings(text);
        let mut ends = vec![0];
        for expected in word.bytes() {
            let edges = ends.iter().flat_map(|end| lattice.edges(*end));
            ends = edges.filter(|(byte, _)| *byte == expected).map(|(_, end)| *end).collect();
            ends.sort_unstable();
            ends.dedup();
        }
        text.get(*ends.last()?..)
    }

    /// Checks the limit on backslashes, which keeps the search in a text of many backslashes fast.
    #[test]
    fn backslashes_match_up_to_the_layer_limit() {
        for (count, end) in
            [(1, Some(".")), (170, Some(".")), (1 << MAX_LAYERS, Some(".")), ((1 << MAX_LAYERS) + 1, None)]
        {
            let run = "\\".repeat(count);
            assert_eq!(strip_escaped_prefix(&format!("{run}u0061b."), "ab"), end, "{count} backslashes");
            assert_eq!(strip_escaped_prefix(&format!("a{run}/b."), "a/b"), end, "{count} backslashes");
        }
    }

    #[test]
    fn word_matches_in_every_escape_layer() {
        for (word, escaped) in [
            ("a/b", "a/b"),
            ("a/b", r"a\/b"),
            ("a/b", r"a\\\/b"),
            ("a/b", r"a\u002Fb"),
            ("a/b", r"a\U002Fb"),
            ("a/b", r"a\\u002fb"),
            ("a/b", "a%2fb"),
            ("a/b", "a%25252Fb"),
            ("a/b", "a&#47;b"),
            ("a/b", "a&#x2F;b"),
            ("a/b", "a&#000000047;b"),
            ("a/b", "&#97&#x2f&#98"),
            ("a/b", "a&amp;#x2f;b"),
            ("a<b", "a&amp;amp;lt;b"),
            ("a<b", "a&AMP;LT;b"),
            ("a>b", "a&gt;b"),
            ("a&b", "a&amp;amp;b"),
            (r"a\b", r"a\\b"),
            (r"a\b", r"a\u005cb"),
            (r"a\\b", r"a\\\\b"),
            (r"a\u0041", r"a\\u0041"),
            ("100%25", "100%25"),
            ("100%25", "100%2525"),
            ("100%25", "100%252525"),
            ("100%25", "100%25%32%35"),
        ] {
            assert_eq!(strip_escaped_prefix(&format!("{escaped}."), word), Some("."), "{word} as {escaped}");
        }
        for other in
            ["", "a", "a%2", "a%zzb", "a&b", "a&#;b", "a&#xffffffff;b", r"a\u00", r"a\b", "b/a", "a/é"]
        {
            assert_eq!(strip_escaped_prefix(other, "a/b"), None, "{other}");
        }
    }
}
