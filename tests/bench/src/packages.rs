//! Installed packages of a language: versions, sizes, and dependencies.

use std::collections::{BTreeMap, BTreeSet};
use std::io::Write;
use std::path::{Path, PathBuf};

use flate2::Compression;
use flate2::write::GzEncoder;
use serde::Deserialize;
use serde_json::Value;

use crate::machine;

#[derive(Deserialize)]
pub(crate) struct Package {
    pub(crate) version: String,
    pub(crate) bytes: f64,
    /// Names of direct dependencies.
    pub(crate) needs: BTreeSet<String>,
    /// The jar of a Kotlin package.
    #[serde(default)]
    pub(crate) file: PathBuf,
}

/// All packages of an installation, by name.
#[derive(Default)]
pub(crate) struct Packages(BTreeMap<String, Package>);

impl Packages {
    /// Reads a JSON object from the output of a command.
    pub(crate) fn of_command(command: &[String]) -> Result<Self, String> {
        let packages = serde_json::from_str(&machine::output(command)?);
        Ok(Self(packages.map_err(|error| format!("cannot read the list of packages: {error}"))?))
    }

    /// Reads the packages below a folder `node_modules`. The name of a nested package is its path.
    pub(crate) fn of_node(modules: &Path, names: &[&str]) -> Result<Self, String> {
        let mut packages = Self::default();
        let mut waiting: Vec<String> = names.iter().map(|&name| name.to_owned()).collect();
        while let Some(name) = waiting.pop() {
            let folder = modules.join(&name);
            if packages.0.contains_key(&name) || !folder.exists() {
                continue;
            }
            let text = read(&folder.join("package.json"))?;
            let manifest: Value =
                serde_json::from_slice(&text).map_err(|error| format!("{name}: {error}"))?;
            let kinds = ["dependencies", "optionalDependencies"].map(|kind| manifest.get(kind)?.as_object());
            let wanted = kinds.into_iter().flatten().flat_map(|dependencies| dependencies.keys());
            let needs: BTreeSet<String> = wanted.filter_map(|need| resolve(modules, &name, need)).collect();
            waiting.extend(needs.iter().cloned());
            let version = manifest.get("version").and_then(Value::as_str).unwrap_or_default().to_owned();
            let bytes = files(&folder).iter().map(|file| size(file)).sum();
            packages.0.insert(name, Package { version, bytes, needs, file: folder });
        }
        Ok(packages)
    }

    /// Reads the tree of dependencies that Maven has written in the format `dot`, whose lines are
    /// `"group:name:jar:version" -> "group:name:jar:version:scope"`. The jars are in another folder.
    pub(crate) fn of_maven(tree: &Path, jars: &Path) -> Result<Self, String> {
        let mut packages = Self::default();
        let mut needs: BTreeMap<String, BTreeSet<String>> = BTreeMap::new();
        for line in String::from_utf8_lossy(&read(tree)?).lines() {
            let ends: Vec<Vec<&str>> = line.split('"').map(|end| end.split(':').collect()).collect();
            let [_, from, _, to, _] = ends.as_slice() else { continue };
            let ([_, from, ..], [_, name, _, version, ..]) = (from.as_slice(), to.as_slice()) else {
                continue;
            };
            needs.entry((*from).to_owned()).or_default().insert((*name).to_owned());
            // If several versions are wanted, Maven takes one and lists the others as omitted.
            if !line.contains("omitted") {
                let (file, version) = (jars.join(format!("{name}-{version}.jar")), (*version).to_owned());
                let package = Package { version, bytes: size(&file), needs: BTreeSet::new(), file };
                packages.0.insert((*name).to_owned(), package);
            }
        }
        for (name, package) in &mut packages.0 {
            package.needs = needs.remove(name).unwrap_or_default();
        }
        Ok(packages)
    }

    pub(crate) fn get(&self, name: &str) -> Option<&Package> {
        self.0.get(name)
    }

    /// Name and version.
    pub(crate) fn versioned(&self, name: &str) -> String {
        format!("{name} {}", self.get(name).map_or("(missing)", |package| &package.version))
    }

    /// These packages, their dependencies, and those of the dependencies.
    pub(crate) fn with_dependencies(&self, names: &[&str]) -> Vec<String> {
        let mut found: Vec<String> = names.iter().map(|&name| name.to_owned()).collect();
        let mut next = 0;
        while let Some(name) = found.get(next) {
            let needs = self.get(name).map(|package| &package.needs);
            let new: Vec<String> =
                needs.into_iter().flatten().filter(|need| !found.contains(need)).cloned().collect();
            found.extend(new);
            next += 1;
        }
        found
    }

    pub(crate) fn bytes<'a>(&self, names: impl IntoIterator<Item = &'a String>) -> f64 {
        names.into_iter().filter_map(|name| self.get(name)).map(|package| package.bytes).sum()
    }
}

/// Finds a dependency as Node does: in this package, then in each folder above.
fn resolve(modules: &Path, package: &str, need: &str) -> Option<String> {
    let above = Path::new(package).ancestors();
    let candidates = above.map(|folder| match folder.to_str() {
        Some("") | None => need.to_owned(),
        Some(folder) => format!("{folder}/node_modules/{need}"),
    });
    candidates.into_iter().find(|candidate| modules.join(candidate).exists())
}

/// Files below a folder, without those of nested packages.
pub(crate) fn files(folder: &Path) -> Vec<PathBuf> {
    let entries = folder.read_dir().into_iter().flatten().flatten().map(|entry| entry.path());
    let own = entries.filter(|path| !path.ends_with("node_modules"));
    own.flat_map(|path| if path.is_dir() { files(&path) } else { vec![path] }).collect()
}

/// The only file in a folder whose name ends with this suffix.
pub(crate) fn file_in(folder: &Path, suffix: &str) -> Result<PathBuf, String> {
    let mut matching = files(folder).into_iter().filter(|file| file.to_string_lossy().ends_with(suffix));
    matching.next().ok_or(format!("no file {suffix} in {}", folder.display()))
}

/// Size in bytes, or NaN if there is no such file.
pub(crate) fn size(file: &Path) -> f64 {
    file.metadata().map_or(f64::NAN, |data| data.len() as f64)
}

pub(crate) fn gzip_size(file: &Path) -> Result<f64, String> {
    let mut encoder = GzEncoder::new(Vec::new(), Compression::best());
    let compressed = encoder.write_all(&read(file)?).and_then(|()| encoder.finish());
    Ok(compressed.map_err(|error| error.to_string())?.len() as f64)
}

fn read(file: &Path) -> Result<Vec<u8>, String> {
    std::fs::read(file).map_err(|error| format!("cannot read {}: {error}", file.display()))
}
