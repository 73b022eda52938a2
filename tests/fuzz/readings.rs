//! What a reader could make of a shown text: itself, and what remains when the escapes of JSON, URLs or HTML are undone.
//! It shares no code with the mask that it judges.

/// More layers of one escape than this are nobody's.
const LAYERS: usize = 6;

/// The text and, for each kind of escape, what is behind each layer of it.
pub(crate) fn readings(text: &str) -> Vec<String> {
    let mut readings = vec![text.to_owned()];
    for undo in [json, url, html] {
        let mut text = text.to_owned();
        for _ in 0..LAYERS {
            let behind = undo(&text);
            if behind == text {
                break;
            }
            text.clone_from(&behind);
            readings.push(behind);
        }
    }
    readings
}

fn json(text: &str) -> String {
    undone(text, '\\', |rest| {
        let hex = rest.strip_prefix('u').and_then(|rest| rest.get(..4)).and_then(number);
        match (hex, rest.chars().next()?) {
            (Some(c), _) => Some((c, 5)),
            (None, c @ ('\\' | '/' | '"')) => Some((c, 1)),
            _ => None,
        }
    })
}

fn url(text: &str) -> String {
    undone(text, '%', |rest| Some((number(rest.get(..2)?)?, 2)))
}

fn html(text: &str) -> String {
    const NAMED: [(&str, char); 5] =
        [("amp;", '&'), ("lt;", '<'), ("gt;", '>'), ("quot;", '"'), ("apos;", '\'')];
    undone(text, '&', |rest| {
        if let Some((name, c)) = NAMED.iter().find(|(name, _)| rest.starts_with(name)) {
            return Some((*c, name.len()));
        }
        let (entity, _) = rest.strip_prefix('#')?.split_once(';')?;
        let c = match entity.strip_prefix(['x', 'X']) {
            Some(hex) => number(hex)?,
            None => char::from_u32(entity.parse().ok()?)?,
        };
        Some((c, entity.len() + 2))
    })
}

/// The text with each escape that begins with the sign undone: what it stands for, and how many bytes follow the sign.
fn undone(text: &str, sign: char, escape: impl Fn(&str) -> Option<(char, usize)>) -> String {
    let mut out = String::new();
    let mut rest = text;
    while let Some((before, after)) = rest.split_once(sign) {
        let (c, length) = escape(after).unwrap_or((sign, 0));
        out.push_str(before);
        out.push(c);
        rest = after.get(length..).unwrap_or_default();
    }
    out + rest
}

fn number(hex: &str) -> Option<char> {
    u32::from_str_radix(hex, 16).ok().and_then(char::from_u32)
}

#[test]
fn every_escape_is_undone_layer_by_layer() {
    for written in
        ["a/b", r"a\/b", r"a\\\/b", r"a\u002fb", "a%2Fb", "a%252fb", "a&#47;b", "a&#x2F;b", "a&amp;#47;b"]
    {
        assert!(readings(written).contains(&"a/b".to_owned()), "{written}");
    }
    assert_eq!(readings("a &b; \\c %d"), ["a &b; \\c %d"]);
}
