//! Reading the case files.

use std::path::PathBuf;

use renumerate_sandbox::{Case, CaseFile};

pub(crate) fn folder() -> PathBuf {
    PathBuf::from(env!("CARGO_MANIFEST_DIR")).join("../../tests/vectors")
}

pub(crate) fn cases() -> Vec<Case> {
    let cases = CaseFile::read_dir(&folder()).unwrap();
    for (n, case) in cases.iter().enumerate() {
        assert!(
            cases.iter().skip(n + 1).all(|other| other.name != case.name),
            "{} is there twice",
            case.name
        );
        assert!(case.call.is_some() && case.outcome.is_some(), "{} has no call or no outcome", case.name);
    }
    cases
}

/// How many cases the files hold, counted without the reader that the runner trusts.
pub(crate) fn count() -> usize {
    let mut count = 0;
    for entry in std::fs::read_dir(folder()).unwrap() {
        let path = entry.unwrap().path();
        if path.extension().is_some_and(|extension| extension == "json") {
            let json: serde_json::Value = serde_json::from_slice(&std::fs::read(path).unwrap()).unwrap();
            count += json.get("cases").and_then(|cases| cases.as_array()).unwrap().len();
        }
    }
    count
}
