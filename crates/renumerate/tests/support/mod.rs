//! What several tests need: the quickstart example as a process of its own, with an environment of its own.

use std::path::{Path, PathBuf};
use std::process::{Command, Output};

/// Where cargo puts the examples that it builds along with the tests.
fn example(name: &str) -> PathBuf {
    let test = std::env::current_exe().unwrap();
    let profile = test.parent().and_then(Path::parent).unwrap();
    profile.join("examples").join(format!("{name}{}", std::env::consts::EXE_SUFFIX))
}

/// Runs the quickstart with these variables and no others.
pub(crate) fn quickstart(variables: &[(&str, &str)]) -> Output {
    Command::new(example("quickstart")).env_clear().envs(variables.iter().copied()).output().unwrap()
}
