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

/// Limits the open file descriptors of a process to those that are open. Returns the earlier limit.
pub(crate) fn limit_descriptors(pid: i32) -> Result<String, String> {
    let before = prlimit(pid, &["--nofile", "--output", "SOFT", "--noheadings"])?;
    // The lowest free number can be below the number of open descriptors, so the limit is the lowest free number.
    let open = std::fs::read_dir(format!("/proc/{pid}/fd")).map_err(|error| error.to_string())?;
    let open: Vec<u32> = open.filter_map(|entry| entry.ok()?.file_name().to_str()?.parse().ok()).collect();
    let free = (0..u32::MAX).find(|number| !open.contains(number)).unwrap_or_default();
    set_descriptor_limit(pid, &free.to_string())?;
    Ok(before)
}

/// Sets the soft limit of open file descriptors.
pub(crate) fn set_descriptor_limit(pid: i32, limit: &str) -> Result<(), String> {
    prlimit(pid, &[&format!("--nofile={limit}:")]).map(drop)
}

fn prlimit(pid: i32, arguments: &[&str]) -> Result<String, String> {
    let mut command = std::process::Command::new("prlimit");
    let output = command.args(["--pid", &pid.to_string()]).args(arguments).output();
    let output = output.map_err(|error| format!("prlimit: {error}"))?;
    if !output.status.success() {
        return Err(format!("prlimit: {}", String::from_utf8_lossy(&output.stderr)));
    }
    Ok(String::from_utf8_lossy(&output.stdout).trim().to_owned())
}

/// Returns the number of open file descriptors.
pub(crate) fn descriptors(pid: i32) -> Result<usize, String> {
    let folder = format!("/proc/{pid}/fd");
    std::fs::read_dir(&folder).map(Iterator::count).map_err(|error| format!("{folder}: {error}"))
}
