//! What the system knows of a process.

use nix::sys::signal::{Signal, kill, killpg};
use nix::unistd::Pid;

pub(crate) fn stop(pid: i32) -> Result<(), String> {
    kill(Pid::from_raw(pid), Signal::SIGSTOP).map_err(|error| error.to_string())
}

pub(crate) fn go_on(pid: i32) -> Result<(), String> {
    kill(Pid::from_raw(pid), Signal::SIGCONT).map_err(|error| error.to_string())
}

pub(crate) fn end_group(group: i32) -> Result<(), String> {
    killpg(Pid::from_raw(group), Signal::SIGKILL).map_err(|error| error.to_string())
}

/// A figure of `/proc/PID/status`, in kilobytes where it is memory: `VmRSS`, `VmHWM`, `Threads`.
pub(crate) fn status(pid: i32, name: &str) -> Result<u64, String> {
    let file = format!("/proc/{pid}/status");
    let text = std::fs::read_to_string(&file).map_err(|error| format!("{file}: {error}"))?;
    let line = text.lines().find_map(|line| line.strip_prefix(name)?.strip_prefix(':'));
    line.and_then(|line| line.split_whitespace().next()?.parse().ok())
        .ok_or_else(|| format!("{file} has no {name}"))
}

/// Lets the peak of its memory (`VmHWM`) begin at what it has now.
pub(crate) fn forget_peak(pid: i32) -> Result<(), String> {
    std::fs::write(format!("/proc/{pid}/clear_refs"), "5").map_err(|error| error.to_string())
}

/// How many descriptors it has open.
pub(crate) fn descriptors(pid: i32) -> Result<usize, String> {
    let folder = format!("/proc/{pid}/fd");
    std::fs::read_dir(&folder).map(Iterator::count).map_err(|error| format!("{folder}: {error}"))
}
