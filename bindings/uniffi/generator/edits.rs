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

/// The text without what begins so and goes on to the first end, which it has once.
pub(crate) fn cut(what: &str, text: &str, start: &str, end: &str) -> Result<String, String> {
    let cut = text
        .split_once(start)
        .and_then(|(before, rest)| rest.split_once(end).map(|(_, after)| format!("{before}{after}")));
    cut.filter(|kept| !kept.contains(start))
        .ok_or_else(|| format!("{what}: {start:?} does not stand there once"))
}
