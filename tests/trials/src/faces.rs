//! The ways to make calls, in every language.

use std::path::PathBuf;

pub(crate) struct Face {
    pub(crate) name: &'static str,
    pub(crate) title: &'static str,
    /// The folder of its driver.
    pub(crate) folder: &'static str,
}

const fn face(name: &'static str, title: &'static str, folder: &'static str) -> Face {
    Face { name, title, folder }
}

pub(crate) static FACES: [Face; 8] = [
    face("rust-async", "Rust async", "rust"),
    face("rust-blocking", "Rust blocking", "rust"),
    face("python-sync", "Python sync", "python"),
    face("python-async", "Python async", "python"),
    face("node", "Node", "node"),
    face("kotlin", "Kotlin", "jvm"),
    face("java", "Java", "jvm"),
    face("swift", "Swift", "swift"),
];

/// The folders with a program `exit`.
pub(crate) const EXITS: [&str; 4] = ["python", "node", "jvm", "swift"];

impl Face {
    pub(crate) fn program(&self, name: &str) -> PathBuf {
        program(self.folder, name)
    }
}

pub(crate) fn program(folder: &str, name: &str) -> PathBuf {
    project().join("tests/trials/drivers").join(folder).join(name)
}

/// The faces of these names; all where there are none.
pub(crate) fn chosen(names: &[String]) -> Result<Vec<&'static Face>, String> {
    if let Some(unknown) = names.iter().find(|name| FACES.iter().all(|face| face.name != **name)) {
        let known: Vec<_> = FACES.iter().map(|face| face.name).collect();
        return Err(format!("there is no face {unknown}, but {}", known.join(", ")));
    }
    Ok(FACES.iter().filter(|face| names.is_empty() || names.iter().any(|name| name == face.name)).collect())
}

pub(crate) fn project() -> PathBuf {
    PathBuf::from(concat!(env!("CARGO_MANIFEST_DIR"), "/../..")).canonicalize().unwrap()
}
