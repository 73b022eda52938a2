//! Every rule in `tests/vectors/RULES.md` has a case or a test.
#![allow(clippy::unwrap_used, clippy::panic, reason = "tests may panic")]

use std::collections::{BTreeMap, BTreeSet};
use std::path::{Path, PathBuf};

use renumerate_sandbox::CaseFile;

/// The ids in the tables of `RULES.md`.
fn listed() -> BTreeSet<String> {
    let text = std::fs::read_to_string(vectors().join("RULES.md")).unwrap();
    let ids = text.lines().filter_map(|line| line.strip_prefix("| ")?.split(' ').next());
    let rules: BTreeSet<_> = ids.filter(|id| is_rule(id)).map(str::to_owned).collect();
    assert!(rules.len() > 30, "RULES.md has few rules: {rules:?}");
    rules
}

/// Each rule that is verified, and where: by a case or fault that lists it, or by a test that names it.
fn verified() -> BTreeMap<String, Vec<String>> {
    let mut verified: BTreeMap<String, Vec<String>> = BTreeMap::new();
    for case in CaseFile::read_dir(&vectors()).unwrap() {
        for rule in case.rules {
            verified.entry(rule).or_default().push(format!("case {}", case.name));
        }
    }
    read_faults(&project().join("tests/conformance/faults.json"), &mut verified);
    let bindings = project().join("bindings");
    read_tests(&project().join("crates"), &mut verified);
    read_python_tests(&bindings.join("python/tests"), &mut verified);
    read_node_tests(&bindings.join("node/tests"), &mut verified);
    read_annotated_tests(
        &bindings.join("kotlin/tests/src/test/kotlin/com/renumerate"),
        "kt",
        "fun ",
        &mut verified,
    );
    read_annotated_tests(&bindings.join("swift/Tests/RenumerateTests"), "swift", "func ", &mut verified);
    verified
}

/// Reads the rules of the faults of the fault matrix.
fn read_faults(file: &Path, verified: &mut BTreeMap<String, Vec<String>>) {
    let file: serde_json::Value = serde_json::from_str(&std::fs::read_to_string(file).unwrap()).unwrap();
    let rows = file.get("rows").and_then(|rows| rows.as_array()).unwrap();
    for case in rows.iter().filter_map(|row| row.pointer("/fault/case")) {
        let text = |value: &serde_json::Value| value.as_str().unwrap().to_owned();
        let name = case.get("name").map(text).unwrap();
        for rule in case.get("rules").and_then(|rules| rules.as_array()).unwrap() {
            verified.entry(text(rule)).or_default().push(format!("fault {name}"));
        }
    }
}

fn project() -> PathBuf {
    PathBuf::from(concat!(env!("CARGO_MANIFEST_DIR"), "/../.."))
}

fn vectors() -> PathBuf {
    project().join("tests/vectors")
}

#[test]
fn every_rule_has_a_case_or_a_test() {
    let (listed, verified) = (listed(), verified());
    let missing: Vec<_> = listed.iter().filter(|rule| !verified.contains_key(*rule)).collect();
    assert!(missing.is_empty(), "no case and no test names {missing:?}");
    let unknown: Vec<_> = verified.iter().filter(|(rule, _)| !listed.contains(*rule)).collect();
    assert!(unknown.is_empty(), "RULES.md does not list {unknown:?}");
}

#[test]
fn reader_returns_every_case_with_a_unique_name() {
    let names: Vec<_> = CaseFile::read_dir(&vectors()).unwrap().into_iter().map(|case| case.name).collect();
    let mut in_files = 0;
    for (_, text) in files(&vectors(), "json") {
        let file: serde_json::Value = serde_json::from_str(&text).unwrap();
        in_files += file.get("cases").and_then(|cases| cases.as_array()).unwrap().len();
    }
    assert_eq!(names.len(), in_files);
    assert_eq!(names.iter().collect::<BTreeSet<_>>().len(), in_files);
}

#[test]
fn schema_of_case_files_is_up_to_date() {
    let schema = format!("{:#}\n", CaseFile::json_schema());
    let file = vectors().join("schema/cases.schema.json");
    let committed = std::fs::read_to_string(&file).unwrap_or_default();
    assert!(committed == schema, "{} is out of date: run `./justw schema`", file.display());
}

/// Reads the rules of Rust tests, in a line before a test: `/// Rules: V1, V2`.
fn read_tests(folder: &Path, verified: &mut BTreeMap<String, Vec<String>>) {
    for entry in std::fs::read_dir(folder).unwrap() {
        let path = entry.unwrap().path();
        if path.is_dir() {
            read_tests(&path, verified);
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
                    panic!("no enabled test below {line:?} in {}", path.display())
                };
                for rule in rules.split(", ") {
                    assert!(is_rule(rule), "{rule:?} in {} is not a rule", path.display());
                    verified.entry(rule.to_owned()).or_default().push(format!("test {name}"));
                }
            }
        }
    }
}

/// Reads the rules of Python tests: the docstring is `Rules: V1, V2`.
fn read_python_tests(folder: &Path, verified: &mut BTreeMap<String, Vec<String>>) {
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
                assert!(is_rule(rule), "{rule:?} in {} is not a rule", path.display());
                verified.entry(rule.to_owned()).or_default().push(format!("test {name}"));
            }
        }
    }
}

/// Reads the rules of Node tests, in the line before a test: `// Rules: V1, V2`.
fn read_node_tests(folder: &Path, verified: &mut BTreeMap<String, Vec<String>>) {
    for (path, text) in files(folder, "mjs") {
        let lines: Vec<_> = text.lines().collect();
        for (n, line) in lines.iter().enumerate() {
            let Some(rules) = line.strip_prefix("// Rules: ") else { continue };
            let Some(name) = lines.get(n + 1).and_then(|below| below.strip_prefix("test('")) else {
                panic!("no test below {line:?} in {}", path.display())
            };
            for rule in rules.split(", ") {
                assert!(is_rule(rule), "{rule:?} in {} is not a rule", path.display());
                verified.entry(rule.to_owned()).or_default().push(format!("test {name}"));
            }
        }
    }
}

/// Reads the rules of Kotlin and Swift tests, in the line before a test: `// Rules: V1, V2`.
fn read_annotated_tests(
    folder: &Path,
    extension: &str,
    start: &str,
    verified: &mut BTreeMap<String, Vec<String>>,
) {
    for (path, text) in files(folder, extension) {
        let lines: Vec<_> = text.lines().map(str::trim).collect();
        for (n, line) in lines.iter().enumerate() {
            let Some(rules) = line.strip_prefix("// Rules: ") else { continue };
            let below = lines.get(n + 1..).unwrap_or_default();
            let declaration = below.iter().find(|below| !below.starts_with('@'));
            let name = declaration.and_then(|declaration| declaration.strip_prefix(start));
            let is_test = below.first().is_some_and(|first| ["@Test", "@ParameterizedTest"].contains(first));
            let Some(name) = name.filter(|_| is_test) else {
                panic!("no test below {line:?} in {}", path.display())
            };
            for rule in rules.split(", ") {
                assert!(is_rule(rule), "{rule:?} in {} is not a rule", path.display());
                verified.entry(rule.to_owned()).or_default().push(format!("test {name}"));
            }
        }
    }
}

/// Returns the files of a folder with this extension, and their contents.
fn files(folder: &Path, extension: &str) -> Vec<(PathBuf, String)> {
    let paths = std::fs::read_dir(folder).unwrap().map(|entry| entry.unwrap().path());
    let wanted = paths.filter(|path| path.extension().is_some_and(|found| found == extension));
    let read: Vec<_> = wanted.map(|path| (path.clone(), std::fs::read_to_string(path).unwrap())).collect();
    assert!(!read.is_empty(), "no tests in {}", folder.display());
    read
}

fn is_rule(id: &str) -> bool {
    let (family, number) = id.split_at_checked(1).unwrap_or_default();
    "SRVHMTDEX".contains(family) && !family.is_empty() && number.parse::<u8>().is_ok()
}
