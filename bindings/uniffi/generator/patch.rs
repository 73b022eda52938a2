//! Replacement of parts of generated code. Each replacement fails unless the replaced text occurs as often as expected.

/// Replacement of all occurrences of `from` by `to`. `from` must occur exactly `count` times. Error messages contain
/// `name`.
pub(crate) struct Patch {
    pub(crate) name: &'static str,
    pub(crate) from: &'static str,
    pub(crate) to: &'static str,
    pub(crate) count: usize,
}

/// Returns the text with all patches applied, in order.
pub(crate) fn apply_all(patches: &[Patch], text: &str) -> Result<String, String> {
    let mut text = text.to_owned();
    for Patch { name, from, to, count } in patches {
        let found = text.matches(from).count();
        if found != *count {
            return Err(format!("{name}: {from:?} is there {found} times, and not {count}"));
        }
        text = text.replace(from, to);
    }
    Ok(text)
}

/// Returns the text with one block replaced. The block begins with `start`, which must occur exactly once, and ends
/// with the first `end` after `start`. Error messages contain `name`.
pub(crate) fn replace_block(
    name: &str,
    text: &str,
    start: &str,
    end: &str,
    replacement: &str,
) -> Result<String, String> {
    let halves = text.split_once(start).and_then(|(before, rest)| Some((before, rest.split_once(end)?.1)));
    halves
        .filter(|(_, after)| !after.contains(start))
        .map(|(before, after)| [before, replacement, after].concat())
        .ok_or_else(|| format!("{name}: {start:?} does not stand there once"))
}
