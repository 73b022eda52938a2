//! Output to stdout and stderr, with colours if the output goes to a terminal.

use std::fmt::Display;
use std::io::{self, Write};

use anstyle::{AnsiColor, Style};

use crate::error::CliError;

pub(crate) const HEADING: Style = Style::new().bold();
pub(crate) const DIM: Style = Style::new().dimmed();
pub(crate) const ERROR: Style = AnsiColor::Red.on_default().bold();
pub(crate) const WARNING: Style = AnsiColor::Yellow.on_default().bold();
pub(crate) const SUCCESS: Style = AnsiColor::Green.on_default();

/// Prints a line to stdout.
///
/// If the reader has closed the pipe, discards the line without an error, because a closed pipe must not change the
/// command's exit code.
pub(crate) fn print_line(line: impl Display) -> io::Result<()> {
    let mut out = anstream::stdout().lock();
    match writeln!(out, "{line}").and_then(|()| out.flush()) {
        Err(error) if error.kind() == io::ErrorKind::BrokenPipe => Ok(()),
        result => result,
    }
}

/// Prints a line in a style to stdout.
pub(crate) fn print_styled(style: Style, line: impl Display) -> io::Result<()> {
    print_line(format_args!("{style}{line}{style:#}"))
}

/// Prints the result of a check, and its remedy below it.
pub(crate) fn print_check(
    style: Style,
    status: &str,
    name: &str,
    seen: &str,
    remedy: Option<&str>,
) -> io::Result<()> {
    print_line(format_args!("{style}{status:<7}{style:#}  {name:<9}  {seen}"))?;
    match remedy {
        Some(remedy) => print_line(format_args!("{:<7}  {:<9}  remedy: {remedy}", "", "")),
        None => Ok(()),
    }
}

/// Prints the error in one line to stderr.
pub(crate) fn print_error(error: &CliError) {
    let _ignored_if_closed = writeln!(anstream::stderr(), "{ERROR}error:{ERROR:#} {error}");
}
