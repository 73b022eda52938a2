//! Description of this machine, pinning to processors, and processes without special settings.

use std::ffi::OsStr;
use std::path::Path;
use std::process::{Command, Stdio};

use rustix::thread::{CpuSet, Pid, sched_getaffinity, sched_setaffinity};

/// Prefixes and suffixes of variables that change clients or runtimes: proxies, certificates, options, and parts of
/// libraries that can be switched off.
const PREFIXES: &[&str] = &[
    "CURL_",
    "NODE_",
    "OPENSSL_",
    "PYTHON",
    "RENUMERATE_",
    "REQUESTS_CA_",
    "SSL_CERT_",
    "STRIPE_",
    "URLSESSION",
    "UV_",
];
const SUFFIXES: &[&str] =
    &["_PROXY", "_NO_EXTENSIONS", "_JAVA_OPTIONS", "JAVA_TOOL_OPTIONS", "JDK_JAVA_OPTIONS"];
const NAMES: &[&str] = &["CLASSPATH", "DEBUG"];

/// A command in an environment without variables that change clients.
pub(crate) fn command<S: AsRef<OsStr>>(words: &[S]) -> Command {
    let mut command = Command::new(words.first().map_or("".as_ref(), AsRef::as_ref));
    command.args(words.iter().skip(1));
    for (name, _) in std::env::vars_os() {
        let upper = name.to_string_lossy().to_uppercase();
        if PREFIXES.iter().any(|prefix| upper.starts_with(prefix))
            || SUFFIXES.iter().any(|suffix| upper.ends_with(suffix))
            || NAMES.contains(&upper.as_str())
        {
            command.env_remove(name);
        }
    }
    command
}

/// Standard output of a command that must succeed.
pub(crate) fn output<S: AsRef<OsStr>>(words: &[S]) -> Result<String, String> {
    let name = words.first().map(|word| word.as_ref().to_string_lossy()).unwrap_or_default();
    let mut command = command(words);
    command.stdin(Stdio::null()).stderr(Stdio::inherit());
    let output = command.output().map_err(|error| format!("cannot start {name}: {error}"))?;
    if !output.status.success() {
        return Err(format!("{name} failed: {}", output.status));
    }
    Ok(String::from_utf8_lossy(&output.stdout).into_owned())
}

/// Prefix of a command that pins a process from its start, so that its runtime sees a single processor.
pub(crate) fn pinned(processor: Option<usize>, command: Vec<String>) -> Vec<String> {
    match processor {
        Some(processor) if can_pin() => {
            let taskset = ["taskset".to_owned(), "--cpu-list".to_owned(), processor.to_string()];
            taskset.into_iter().chain(command).collect()
        }
        _ => command,
    }
}

/// Pins the current thread, and those that it will start.
pub(crate) fn pin_current_thread(processor: usize) {
    let _best_effort = sched_setaffinity(None, &only(processor));
}

/// Pins all threads of a running process, or unpins them. Threads that end meanwhile are ignored.
pub(crate) fn pin_process(process: u32, processor: Option<usize>) {
    let Ok(all) = sched_getaffinity(None) else { return };
    let Ok(threads) = Path::new("/proc").join(process.to_string()).join("task").read_dir() else { return };
    let set = processor.filter(|_| can_pin()).map_or(all, only);
    for thread in threads.flatten() {
        let id = thread.file_name().to_string_lossy().parse().ok().and_then(Pid::from_raw);
        let _best_effort = sched_setaffinity(id, &set);
    }
}

fn only(processor: usize) -> CpuSet {
    let mut set = CpuSet::new();
    set.set(processor);
    set
}

/// Whether this process may use the two processors that the servers are pinned to.
pub(crate) fn can_pin() -> bool {
    sched_getaffinity(None).is_ok_and(|allowed| allowed.is_set(0) && allowed.is_set(1))
}

/// Runtime, system, processor and load, in one line.
pub(crate) fn description(runtime: &str) -> String {
    let read = |path: &str| std::fs::read_to_string(path).unwrap_or_default();
    let kernel = read("/proc/sys/kernel/ostype");
    let info = read("/proc/cpuinfo");
    let model = info.lines().find_map(|line| line.strip_prefix("model name")?.split_once(": "));
    let load = read("/proc/loadavg");
    let load: Vec<&str> = load.split(' ').take(3).collect();
    format!(
        "{runtime}, {} {}, {}, {} processors; load before: {}",
        kernel.trim(),
        std::env::consts::ARCH,
        model.map_or("unknown processor", |(_, name)| name),
        std::thread::available_parallelism().map_or(1, usize::from),
        load.join(", ")
    )
}
