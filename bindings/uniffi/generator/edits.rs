//! Edits of generated code: one that does not match as often as it should is an error.

/// A text that stands in the place of another one.
pub(crate) struct Edit {
    pub(crate) what: &'static str,
    pub(crate) from: &'static str,
    pub(crate) to: &'static str,
    pub(crate) times: usize,
}

/// The text with all these edits.
pub(crate) fn all(edits: &[Edit], text: &str) -> Result<String, String> {
    let mut text = text.to_owned();
    for Edit { what, from, to, times } in edits {
        let found = text.matches(from).count();
        if found != *times {
            return Err(format!("{what}: {from:?} is there {found} times, and not {times}"));
        }
        text = text.replace(from, to);
    }
    Ok(text)
}

/// The text with another one in the place of what begins so, which it has once, and goes on to the first end.
pub(crate) fn replaced(what: &str, text: &str, start: &str, end: &str, with: &str) -> Result<String, String> {
    let halves = text.split_once(start).and_then(|(before, rest)| Some((before, rest.split_once(end)?.1)));
    halves
        .filter(|(_, after)| !after.contains(start))
        .map(|(before, after)| [before, with, after].concat())
        .ok_or_else(|| format!("{what}: {start:?} does not stand there once"))
}
