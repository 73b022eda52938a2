//! Matching of text that contains JSON, URL or HTML escapes. Escapes can be nested, because servers and proxies embed
//! escaped text in other formats.

/// Maximum number of nested layers of one escape format. Text with more layers does not match.
const MAX_LAYERS: usize = 8;

/// Removes a word from the beginning of the text and returns the rest. In the text, each character of the word may be
/// escaped. Returns `None` if the word is empty or the text does not begin with it.
pub(crate) fn strip_escaped_prefix<'a>(text: &'a str, word: &str) -> Option<&'a str> {
    let mut characters = word.chars();
    let mut ends = match_ends(text, characters.next()?);
    for expected in characters {
        // There can be several ways to read a text as the expected character. Most of them end at the same position, so
        // keep each position only once.
        let mut next = Vec::with_capacity(ends.len());
        for end in ends {
            next.extend(match_ends(end, expected));
        }
        next.sort_unstable_by_key(|end| end.len());
        next.dedup_by_key(|end| end.len());
        ends = next;
    }
    ends.first().copied()
}

/// Finds all ways to read the beginning of the text as the expected character. For each way, returns the text after the
/// character.
fn match_ends(text: &str, expected: char) -> Vec<&str> {
    let mut ends = Vec::new(); // usually stays empty, so it does not allocate
    ends.extend(text.strip_prefix(expected));
    if let Some(rest) = text.strip_prefix('%') {
        match_url(rest, expected, &mut ends);
    } else if let Some(rest) = text.strip_prefix('\\') {
        match_json(rest, expected, &mut ends);
    } else if let Some(rest) = text.strip_prefix('&') {
        match_html(rest, expected, &mut ends);
    }
    ends
}

/// Matches URL escapes, such as `%2F` and the nested `%252F`. `rest` is the text after the `%`.
fn match_url<'a>(mut rest: &'a str, expected: char, ends: &mut Vec<&'a str>) {
    for _ in 0..MAX_LAYERS {
        let Some((digits, end)) = rest.split_at_checked(2) else { return };
        if parse_char(digits, 16) == Some(expected) {
            ends.push(end);
        }
        let Some(inner) = rest.strip_prefix("25") else { return };
        rest = inner;
    }
}

/// Matches JSON escapes: `\u002f`, `\/`, `\\`. Nested escapes begin with additional backslashes. `rest` is the text
/// after the first backslash.
fn match_json<'a>(rest: &'a str, expected: char, ends: &mut Vec<&'a str>) {
    let rest = skip_backslashes(rest);
    let escaped = rest.strip_prefix('u').and_then(|rest| rest.split_at_checked(4));
    ends.extend(escaped.filter(|(digits, _)| parse_char(digits, 16) == Some(expected)).map(|(_, end)| end));
    match expected {
        '\\' => ends.push(rest),
        '/' => ends.extend(rest.strip_prefix('/')),
        _ => {}
    }
}

/// Skips the additional backslashes of nested escapes. Each layer of escapes doubles the number of backslashes.
/// Therefore, [`MAX_LAYERS`] layers add at most `2^MAX_LAYERS - 1` backslashes, and this function skips no more than
/// that. Without this limit, a text that consists of backslashes would take quadratic time, because the search for a
/// secret starts again at each character.
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

/// Matches HTML escapes, such as `&#47;`, `&#x2f;`, `&lt;` and the nested `&amp;lt;`. `rest` is the text after the `&`.
fn match_html<'a>(mut rest: &'a str, expected: char, ends: &mut Vec<&'a str>) {
    for _ in 0..MAX_LAYERS {
        ends.extend(parse_entity(rest).filter(|(c, _)| *c == expected).map(|(_, end)| end));
        let Some(inner) = rest.strip_prefix("amp;") else { return };
        if expected == '&' {
            ends.push(inner);
        }
        rest = inner;
    }
}

/// Parses an HTML entity. `text` begins after the `&` of the entity. Returns the character that the entity stands for,
/// and the rest of the text. Accepts numeric entities without a semicolon, as browsers do.
fn parse_entity(text: &str) -> Option<(char, &str)> {
    for (name, c) in [("lt;", '<'), ("gt;", '>')] {
        if let Some(end) = text.strip_prefix(name) {
            return Some((c, end));
        }
    }
    let text = text.strip_prefix('#')?;
    let (radix, digits) = text.strip_prefix(['x', 'X']).map_or((10, text), |digits| (16, digits));
    let end = digits.trim_start_matches(|c: char| c.is_digit(radix));
    let digits = digits.strip_suffix(end)?.trim_start_matches('0');
    Some((parse_char(digits, radix)?, end.strip_prefix(';').unwrap_or(end)))
}

fn parse_char(digits: &str, radix: u32) -> Option<char> {
    u32::from_str_radix(digits, radix).ok().and_then(char::from_u32)
}

#[cfg(test)]
mod tests {
    use super::*;

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
            ("a/b", r"a\\u002fb"),
            ("a/b", "a%2fb"),
            ("a/b", "a%25252Fb"),
            ("a/b", "a&#47;b"),
            ("a/b", "a&#x2F;b"),
            ("a/b", "a&#000000047;b"),
            ("a/b", "&#97&#x2f&#98"),
            ("a/b", "a&amp;#x2f;b"),
            ("a<b", "a&amp;amp;lt;b"),
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
        for other in ["", "a", "a%2", "a%zzb", "a&b", "a&#;b", "a&#xffffffff;b", r"a\u00", r"a\b", "b/a"] {
            assert_eq!(strip_escaped_prefix(other, "a/b"), None, "{other}");
        }
    }
}
