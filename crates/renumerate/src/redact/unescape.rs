//! How JSON, URLs and HTML may write a character, in several layers where text was wrapped again.

/// More layers of one escape than this are nobody's.
const MAX_LAYERS: usize = 8;

/// What follows the word where the text begins with it, each character as it is or escaped.
pub(crate) fn strip_escaped_prefix<'a>(text: &'a str, word: &str) -> Option<&'a str> {
    let mut characters = word.chars();
    let mut ends = match_ends(text, characters.next()?);
    for expected in characters {
        // There may be more than one way to read what stands there, but few that end in different places.
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

/// Where the character ends that the text begins with, for each way to read it as the expected one.
fn match_ends(text: &str, expected: char) -> Vec<&str> {
    let mut ends = Vec::new(); // most often it stays empty, which costs nothing
    ends.extend(text.strip_prefix(expected));
    if let Some(rest) = text.strip_prefix('%') {
        url(rest, expected, &mut ends);
    } else if let Some(rest) = text.strip_prefix('\\') {
        json(rest, expected, &mut ends);
    } else if let Some(rest) = text.strip_prefix('&') {
        html(rest, expected, &mut ends);
    }
    ends
}

/// `%2F`, `%252F`.
fn url<'a>(mut rest: &'a str, expected: char, ends: &mut Vec<&'a str>) {
    for _ in 0..MAX_LAYERS {
        let Some((digits, end)) = rest.split_at_checked(2) else { return };
        if number(digits, 16) == Some(expected) {
            ends.push(end);
        }
        let Some(inner) = rest.strip_prefix("25") else { return };
        rest = inner;
    }
}

/// `\u002f`, `\/`, `\\`, and behind more backslashes.
fn json<'a>(rest: &'a str, expected: char, ends: &mut Vec<&'a str>) {
    let rest = behind_backslashes(rest);
    let escaped = rest.strip_prefix('u').and_then(|rest| rest.split_at_checked(4));
    ends.extend(escaped.filter(|(digits, _)| number(digits, 16) == Some(expected)).map(|(_, end)| end));
    match expected {
        '\\' => ends.push(rest),
        '/' => ends.extend(rest.strip_prefix('/')),
        _ => {}
    }
}

/// What follows the backslashes: each layer doubles them, and a longer run is only looked at as far as all layers reach.
/// To its end would be a look at the whole text from each of its backslashes.
fn behind_backslashes(mut rest: &str) -> &str {
    const HALF: [u8; 1 << (MAX_LAYERS - 1)] = [b'\\'; 1 << (MAX_LAYERS - 1)];
    for layer in (0..MAX_LAYERS).rev() {
        let (run, end) = rest.split_at_checked(1 << layer).unwrap_or_default();
        if !run.is_empty() && HALF.starts_with(run.as_bytes()) {
            rest = end;
        }
    }
    rest
}

/// `&#47;`, `&#x2f;`, `&lt;`, `&amp;`, `&amp;lt;`.
fn html<'a>(mut rest: &'a str, expected: char, ends: &mut Vec<&'a str>) {
    for _ in 0..MAX_LAYERS {
        ends.extend(entity(rest).filter(|(c, _)| *c == expected).map(|(_, end)| end));
        let Some(inner) = rest.strip_prefix("amp;") else { return };
        if expected == '&' {
            ends.push(inner);
        }
        rest = inner;
    }
}

/// The character of an entity, without its `&`, and what follows it. Browsers do without the semicolon of a number.
fn entity(text: &str) -> Option<(char, &str)> {
    for (name, c) in [("lt;", '<'), ("gt;", '>')] {
        if let Some(end) = text.strip_prefix(name) {
            return Some((c, end));
        }
    }
    let text = text.strip_prefix('#')?;
    let (radix, digits) = text.strip_prefix(['x', 'X']).map_or((10, text), |digits| (16, digits));
    let end = digits.trim_start_matches(|c: char| c.is_digit(radix));
    let digits = digits.strip_suffix(end)?.trim_start_matches('0');
    Some((number(digits, radix)?, end.strip_prefix(';').unwrap_or(end)))
}

fn number(digits: &str, radix: u32) -> Option<char> {
    u32::from_str_radix(digits, radix).ok().and_then(char::from_u32)
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Without an end of the look, a text of backslashes would take the square of its length.
    #[test]
    fn a_run_of_backslashes_is_looked_at_as_far_as_the_layers_reach() {
        for (count, end) in
            [(1, Some(".")), (170, Some(".")), (1 << MAX_LAYERS, Some(".")), ((1 << MAX_LAYERS) + 1, None)]
        {
            let run = "\\".repeat(count);
            assert_eq!(strip_escaped_prefix(&format!("{run}u0061b."), "ab"), end, "{count} backslashes");
            assert_eq!(strip_escaped_prefix(&format!("a{run}/b."), "a/b"), end, "{count} backslashes");
        }
    }

    #[test]
    fn a_word_is_found_in_every_layer_of_an_escape() {
        for (word, written) in [
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
            assert_eq!(strip_escaped_prefix(&format!("{written}."), word), Some("."), "{word} as {written}");
        }
        for other in ["", "a", "a%2", "a%zzb", "a&b", "a&#;b", "a&#xffffffff;b", r"a\u00", r"a\b", "b/a"] {
            assert_eq!(strip_escaped_prefix(other, "a/b"), None, "{other}");
        }
    }
}
