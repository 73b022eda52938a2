//! Process control, and figures of the system about a process.

use nix::sys::signal::{Signal, kill, killpg};
use nix::unistd::Pid;

pub(crate) fn stop(pid: i32) -> Result<(), String> {
    kill(Pid::from_raw(pid), Signal::SIGSTOP).map_err(|error| error.to_string())
}

pub(crate) fn resume(pid: i32) -> Result<(), String> {
    kill(Pid::from_raw(pid), Signal::SIGCONT).map_err(|error| error.to_string())
}

pub(crate) fn kill_group(group: i32) -> Result<(), String> {
    killpg(Pid::from_raw(group), Signal::SIGKILL).map_err(|error| error.to_string())
}

/// Returns a figure of `/proc/PID/status`: `VmRSS` and `VmHWM` in kilobytes, `Threads`.
pub(crate) fn status(pid: i32, name: &str) -> Result<u64, String> {
    let file = format!("/proc/{pid}/status");
    let text = std::fs::read_to_string(&file).map_err(|error| format!("{file}: {error}"))?;
    let line = text.lines().find_map(|line| line.strip_prefix(name)?.strip_prefix(':'));
    line.and_then(|line| line.split_whitespace().next()?.parse().ok())
        .ok_or_else(|| format!("{file} has no {name}"))
}

/// Resets the peak of the process's memory (`VmHWM`) to its present memory.
pub(crate) fn reset_peak(pid: i32) -> Result<(), String> {
    std::fs::write(format!("/proc/{pid}/clear_refs"), "5").map_err(|error| error.to_string())
}

/// Returns the number of open file descriptors.
pub(crate) fn descriptors(pid: i32) -> Result<usize, String> {
    let folder = format!("/proc/{pid}/fd");
    std::fs::read_dir(&folder).map(Iterator::count).map_err(|error| format!("{folder}: {error}"))
}
