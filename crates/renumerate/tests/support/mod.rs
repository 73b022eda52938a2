//! Runs an example in a child process.

use std::path::{Path, PathBuf};
use std::process::{Command, Output};

/// Returns the path of an example. Cargo builds the examples together with the tests.
fn example_path(name: &str) -> PathBuf {
    let test = std::env::current_exe().unwrap();
    let profile = test.parent().and_then(Path::parent).unwrap();
    profile.join("examples").join(format!("{name}{}", std::env::consts::EXE_SUFFIX))
}

/// Runs an example with these variables and no others.
pub(crate) fn run_example(name: &str, variables: &[(&str, &str)]) -> Output {
    Command::new(example_path(name)).env_clear().envs(variables.iter().copied()).output().unwrap()
}
