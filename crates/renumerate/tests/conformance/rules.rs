//! Which rules there are, and which a case or a test names.

use std::collections::{BTreeMap, BTreeSet};
use std::path::{Path, PathBuf};

use crate::vectors;

/// The ids in the tables of `RULES.md`.
pub(crate) fn listed() -> BTreeSet<String> {
    let text = std::fs::read_to_string(vectors::folder().join("RULES.md")).unwrap();
    let ids = text.lines().filter_map(|line| line.strip_prefix("| ")?.split(' ').next());
    let rules: BTreeSet<_> = ids.filter(|id| is_rule(id)).map(str::to_owned).collect();
    assert!(rules.len() > 30, "the tables of RULES.md can be read: {rules:?}");
    rules
}

/// Each rule that is shown, and where: by a case that lists it, or by a test below a line `/// Rules: V1, V2`.
pub(crate) fn shown() -> BTreeMap<String, Vec<String>> {
    let mut shown: BTreeMap<String, Vec<String>> = BTreeMap::new();
    for case in vectors::cases() {
        for rule in case.rules {
            shown.entry(rule).or_default().push(format!("case {}", case.name));
        }
    }
    read_tests(&vectors::folder().join("../../crates"), &mut shown);
    read_python_tests(&vectors::folder().join("../../bindings/python/tests"), &mut shown);
    read_node_tests(&vectors::folder().join("../../bindings/node/tests"), &mut shown);
    for (folder, extension, start) in [
        ("kotlin/tests/src/test/kotlin/com/renumerate", "kt", "fun "),
        ("swift/Tests/RenumerateTests", "swift", "func "),
    ] {
        let folder = vectors::folder().join("../../bindings").join(folder);
        read_annotated_tests(&folder, extension, start, &mut shown);
    }
    shown
}

fn read_tests(folder: &Path, shown: &mut BTreeMap<String, Vec<String>>) {
    for entry in std::fs::read_dir(folder).unwrap() {
        let path = entry.unwrap().path();
        if path.is_dir() {
            read_tests(&path, shown);
        } else if path.extension().is_some_and(|extension| extension == "rs") {
            let text = std::fs::read_to_string(&path).unwrap();
            let lines: Vec<_> = text.lines().map(str::trim).collect();
            for (n, line) in lines.iter().enumerate() {
                let Some(rules) = line.strip_prefix("/// Rules: ") else { continue };
                let below: Vec<_> =
                    lines.iter().skip(n + 1).take_while(|line| line.starts_with('#')).collect();
                let is_test = below.iter().any(|line| line.contains("test]") || line.contains("test("));
                let runs = !below.iter().any(|line| line.contains("ignore"));
                let name = lines.get(n + 1 + below.len()).and_then(|line| line.split_once("fn "));
                let (true, true, Some((_, name))) = (is_test, runs, name) else {
                    panic!("no test that runs below {line:?} in {}", path.display())
                };
                for rule in rules.split(", ") {
                    assert!(is_rule(rule), "{rule:?} in {} is no rule", path.display());
                    shown.entry(rule.to_owned()).or_default().push(format!("test {name}"));
                }
            }
        }
    }
}

/// The same in Python: a test whose docstring is `Rules: V1, V2`.
fn read_python_tests(folder: &Path, shown: &mut BTreeMap<String, Vec<String>>) {
    for (path, text) in files(folder, "py") {
        let mut function = None;
        for line in text.lines() {
            let signature = line.strip_prefix("async ").unwrap_or(line).strip_prefix("def ");
            function = signature.map_or(function, |name| name.starts_with("test_").then_some(name));
            let rules =
                line.trim().strip_prefix("\"\"\"Rules: ").and_then(|rest| rest.strip_suffix("\"\"\""));
            let Some(rules) = rules else { continue };
            let Some(name) = function else { panic!("no test above {line:?} in {}", path.display()) };
            for rule in rules.split(", ") {
                assert!(is_rule(rule), "{rule:?} in {} is no rule", path.display());
                shown.entry(rule.to_owned()).or_default().push(format!("test {name}"));
            }
        }
    }
}

/// The same in Node: a test below a line `// Rules: V1, V2`.
fn read_node_tests(folder: &Path, shown: &mut BTreeMap<String, Vec<String>>) {
    for (path, text) in files(folder, "mjs") {
        let lines: Vec<_> = text.lines().collect();
        for (n, line) in lines.iter().enumerate() {
            let Some(rules) = line.strip_prefix("// Rules: ") else { continue };
            let Some(name) = lines.get(n + 1).and_then(|below| below.strip_prefix("test('")) else {
                panic!("no test below {line:?} in {}", path.display())
            };
            for rule in rules.split(", ") {
                assert!(is_rule(rule), "{rule:?} in {} is no rule", path.display());
                shown.entry(rule.to_owned()).or_default().push(format!("test {name}"));
            }
        }
    }
}

/// The same in Kotlin and Swift: a test below a line `// Rules: V1, V2`.
fn read_annotated_tests(
    folder: &Path,
    extension: &str,
    start: &str,
    shown: &mut BTreeMap<String, Vec<String>>,
) {
    for (path, text) in files(folder, extension) {
        let lines: Vec<_> = text.lines().map(str::trim).collect();
        for (n, line) in lines.iter().enumerate() {
            let Some(rules) = line.strip_prefix("// Rules: ") else { continue };
            let (Some(&"@Test"), Some(name)) =
                (lines.get(n + 1), lines.get(n + 2).and_then(|below| below.strip_prefix(start)))
            else {
                panic!("no test below {line:?} in {}", path.display())
            };
            for rule in rules.split(", ") {
                assert!(is_rule(rule), "{rule:?} in {} is no rule", path.display());
                shown.entry(rule.to_owned()).or_default().push(format!("test {name}"));
            }
        }
    }
}

/// The files of a folder with this extension, and what they hold.
fn files(folder: &Path, extension: &str) -> Vec<(PathBuf, String)> {
    let paths = std::fs::read_dir(folder).unwrap().map(|entry| entry.unwrap().path());
    let wanted = paths.filter(|path| path.extension().is_some_and(|found| found == extension));
    let read: Vec<_> = wanted.map(|path| (path.clone(), std::fs::read_to_string(path).unwrap())).collect();
    assert!(!read.is_empty(), "there are tests in {}", folder.display());
    read
}

fn is_rule(id: &str) -> bool {
    let (family, number) = id.split_at_checked(1).unwrap_or_default();
    "SRVHDEX".contains(family) && !family.is_empty() && number.parse::<u8>().is_ok()
}
