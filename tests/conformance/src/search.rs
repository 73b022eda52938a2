//! Search for private keys in the output of test suites. The keys of the
//! suites' fixtures contain `planted` and a digit. The conformance program searches the output of its drivers itself.

use std::path::PathBuf;

use crate::canary::forms;

const WORD: &str = "planted";

/// Prints each place of a key in these files. Returns whether there is none.
pub(crate) fn run(files: &[PathBuf]) -> Result<bool, String> {
    let mut good = true;
    for file in files {
        let bytes = std::fs::read(file).map_err(|error| format!("{}: {error}", file.display()))?;
        let text = String::from_utf8_lossy(&bytes);
        if text.trim().is_empty() {
            return Err(format!("{} is empty: there is nothing to search", file.display()));
        }
        for (number, line) in text.lines().enumerate() {
            for form in found_in(line) {
                println!("✗ {}:{}: a key, {form}", file.display(), number + 1);
                good = false;
            }
        }
        println!("{}: {} lines, searched", file.display(), text.lines().count());
    }
    Ok(good)
}

fn found_in(line: &str) -> Vec<&'static str> {
    let plain = |written: &str| {
        // Names of tests contain the plain word.
        line.match_indices(written).any(|(at, _)| {
            line.get(at + written.len()..)
                .is_some_and(|rest| rest.starts_with(|next: char| next.is_ascii_digit()))
        })
    };
    let encoded = |form: &str, written: &str| form != "plain" && written != WORD && line.contains(written);
    forms(WORD)
        .into_iter()
        .filter(|(form, written)| if written == WORD { plain(written) } else { encoded(form, written) })
        .map(|(form, _)| form)
        .collect()
}

#[cfg(test)]
mod tests {
    use base64::Engine;
    use base64::engine::general_purpose::{STANDARD, URL_SAFE};

    use super::*;

    #[test]
    fn a_leak_is_found_in_each_form() {
        let key = "sk_case_not_found.planted17x";
        let percent = key.bytes().fold(String::new(), |text, byte| text + &format!("%{byte:02X}"));
        let hex = key.bytes().fold(String::new(), |text, byte| text + &format!("{byte:02x}"));
        for before in ["", "a", "ab", "abc", "X-Brand-Key: "] {
            let text = format!("{before}{key} and more");
            for written in [&text, &percent, &hex, &STANDARD.encode(&text), &URL_SAFE.encode(&text)] {
                assert!(!found_in(&format!("log: {written}")).is_empty(), "{written}");
            }
        }
    }

    #[test]
    fn the_word_in_a_tests_name_is_no_leak() {
        for line in
            ["ok 3 - a planted key is masked", "planted", "test secrets::planted ... ok", "sk_live_planted"]
        {
            assert_eq!(found_in(line), Vec::<&str>::new(), "{line}");
        }
    }
}
