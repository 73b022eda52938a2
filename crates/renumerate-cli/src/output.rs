//! Lines for a person or a script: colour only where a terminal shows it.

use std::fmt::Display;
use std::io::{self, Write};

use anstyle::{AnsiColor, Style};

use crate::failure::Failure;

pub(crate) const HEADING: Style = Style::new().bold();
pub(crate) const FAINT: Style = Style::new().dimmed();
pub(crate) const ALARM: Style = AnsiColor::Red.on_default().bold();
pub(crate) const CAUTION: Style = AnsiColor::Yellow.on_default().bold();
pub(crate) const ASSENT: Style = AnsiColor::Green.on_default();

/// A line on stdout.
pub(crate) fn say(line: impl Display) -> io::Result<()> {
    let mut out = anstream::stdout().lock();
    writeln!(out, "{line}")?;
    out.flush()
}

/// A line on stdout in a style.
pub(crate) fn say_in(style: Style, line: impl Display) -> io::Result<()> {
    say(format_args!("{style}{line}{style:#}"))
}

/// The one plain line on stderr that says why the command failed.
pub(crate) fn complain(failure: &Failure) {
    // Where stderr is closed there is nobody left to tell.
    let _unheard = writeln!(anstream::stderr(), "{ALARM}error:{ALARM:#} {failure}");
}
