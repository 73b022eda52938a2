//! Client flavors: the clients of each language.

use std::path::PathBuf;

use crate::names::NameStyle;

/// A client of one language, and the driver that uses it.
#[derive(Debug)]
pub(crate) struct Flavor {
    pub(crate) name: &'static str,
    pub(crate) title: &'static str,
    /// Folder of the driver.
    pub(crate) folder: &'static str,
    pub(crate) names: NameStyle,
    /// Whether the soak tests include this flavor. Bun and Deno run the same package as Node, but cannot measure its
    /// memory. Trio runs the same package as asyncio.
    pub(crate) soaks: bool,
    /// Maximum number of threads of a pool that outlives the client and starts threads on demand. Default: the number of
    /// processors.
    pub(crate) pool_threads: Option<u64>,
}

const fn flavor(name: &'static str, title: &'static str, folder: &'static str, names: NameStyle) -> Flavor {
    Flavor { name, title, folder, names, soaks: true, pool_threads: None }
}

pub(crate) static FLAVORS: [Flavor; 12] = [
    flavor("rust-async", "Rust async", "rust", NameStyle::SnakeCase),
    flavor("rust-blocking", "Rust blocking", "rust", NameStyle::SnakeCase),
    flavor("python-sync", "Python sync", "python", NameStyle::SnakeCase),
    flavor("python-async", "Python async", "python", NameStyle::SnakeCase),
    Flavor { soaks: false, ..flavor("python-trio", "Python trio", "python", NameStyle::SnakeCase) },
    flavor("node", "Node", "node", NameStyle::CamelCase),
    Flavor { soaks: false, ..flavor("bun", "Bun", "node", NameStyle::CamelCase) },
    Flavor { soaks: false, ..flavor("deno", "Deno", "node", NameStyle::CamelCase) },
    flavor("kotlin", "Kotlin", "jvm", NameStyle::CamelCase),
    flavor("java", "Java", "jvm", NameStyle::CamelCase),
    // The library's dispatcher for callbacks starts up to one thread per concurrent call, of which the soak has 64, and
    // keeps idle threads for a minute.
    Flavor { pool_threads: Some(64), ..flavor("java-async", "Java async", "jvm", NameStyle::CamelCase) },
    flavor("swift", "Swift", "swift", NameStyle::CamelCase),
];

impl Flavor {
    /// Path of the program that starts the driver.
    pub(crate) fn driver(&self) -> PathBuf {
        driver_folder(self.folder).join("driver.sh")
    }
}

/// Folder of a language's driver.
pub(crate) fn driver_folder(folder: &str) -> PathBuf {
    project().join("tests/conformance/drivers").join(folder)
}

/// Returns the flavors with these names, or all flavors if there are no names.
pub(crate) fn select(names: &[String]) -> Result<Vec<&'static Flavor>, String> {
    if let Some(unknown) = names.iter().find(|name| FLAVORS.iter().all(|flavor| flavor.name != **name)) {
        let known: Vec<_> = FLAVORS.iter().map(|flavor| flavor.name).collect();
        return Err(format!("unknown client flavor {unknown}: use one of {}", known.join(", ")));
    }
    Ok(FLAVORS
        .iter()
        .filter(|flavor| names.is_empty() || names.iter().any(|name| name == flavor.name))
        .collect())
}

/// Root folder of the repository.
pub(crate) fn project() -> PathBuf {
    PathBuf::from(concat!(env!("CARGO_MANIFEST_DIR"), "/../..")).canonicalize().unwrap()
}
