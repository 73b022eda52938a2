//! Canary secrets: a unique key, session id and e-mail address for each call, and the search for them in all output.

use base64::Engine;
use base64::engine::general_purpose::{STANDARD_NO_PAD, URL_SAFE_NO_PAD};
use renumerate_sandbox::Case;

/// Number of consecutive characters of the key that count as a leak.
const PIECE: usize = 8;

/// Maximum length of an id that is not secret: V4 in `RULES.md` recognizes session ids by their length.
const SHORT_ID: usize = 64;

/// The secrets of one call.
#[derive(Clone, Debug)]
pub(crate) struct Canaries {
    pub(crate) key: String,
    /// Secret part of the key; the rest is the name of the test case.
    secret: String,
    /// Session ids and e-mail addresses: random ones, and those in the test case.
    others: Vec<(&'static str, String)>,
}

impl Canaries {
    /// Creates the secrets, and replaces `${session}` and `${email}` in the case by them.
    pub(crate) fn plant(case: &Case) -> Result<(Self, Case), String> {
        // With characters that URLs encode.
        let secret = format!("{}/+=%&{}", random(20), random(20));
        let session = format!("ret_{}==", random(126));
        let email = format!("{}@{}.example", random(12).to_lowercase(), random(8).to_lowercase());
        let text = serde_json::to_string(case).map_err(|error| error.to_string())?;
        let text = text.replace("${session}", &session).replace("${email}", &email);
        let case: Case = serde_json::from_str(&text).map_err(|error| error.to_string())?;
        let is_in_id = |character: char| character.is_ascii_alphanumeric() || "-_=".contains(character);
        let words = text.split(|character| !is_in_id(character));
        let starts = ["ret_", "sub_", "eyJ"];
        let ids =
            words.filter(|word| word.len() > SHORT_ID && starts.iter().any(|start| word.starts_with(start)));
        let mut others: Vec<_> = ids.map(|id| ("the session id or token", id.to_owned())).collect();
        let parameters = case.call.as_ref().map(|call| &call.parameters);
        if let Some(Some(email)) = parameters.and_then(|parameters| parameters.get("customer_email"))
            && is_canary(email)
        {
            others.push(("the e-mail address", email.clone()));
        }
        Ok((Self { key: format!("sk_case_{}.{secret}", case.name), secret, others }, case))
    }

    /// Describes the secrets that a text contains, without repeating them.
    pub(crate) fn found_in(&self, text: &str) -> Vec<String> {
        let mut found = Vec::new();
        for (form, written) in pieces(&self.secret).flat_map(|piece| forms(&piece)) {
            if let Some(at) = text.find(&written) {
                found.push(format!("a piece of the key, {form}, at byte {at}"));
                break;
            }
        }
        let key = ("the key", self.secret.clone());
        for (what, secret) in std::iter::once(&key).chain(&self.others) {
            for (form, written) in forms(secret) {
                if let Some(at) = text.find(&written) {
                    found.push(format!("{what}, {form}, at byte {at}"));
                }
            }
        }
        found
    }
}

/// Whether an address is unlikely to appear by chance, as a short or invalid one could.
fn is_canary(email: &str) -> bool {
    email.len() > 12 && email.contains('@') && email.chars().all(|character| character.is_ascii_graphic())
}

fn random(length: usize) -> String {
    (0..length).map(|_| fastrand::alphanumeric()).collect()
}

fn pieces(secret: &str) -> impl Iterator<Item = String> {
    let characters: Vec<char> = secret.chars().collect();
    (0..=characters.len().saturating_sub(PIECE))
        .map(move |at| characters.iter().skip(at).take(PIECE).collect::<String>())
}

/// The forms in which a secret may be written.
pub(crate) fn forms(secret: &str) -> Vec<(&'static str, String)> {
    let percent = |all: bool, lower: bool| {
        let byte = |byte: u8| match (byte.is_ascii_alphanumeric() && !all, lower) {
            (true, _) => char::from(byte).to_string(),
            (false, true) => format!("%{byte:02x}"),
            (false, false) => format!("%{byte:02X}"),
        };
        secret.bytes().map(byte).collect::<String>()
    };
    let hex = secret.bytes().fold(String::new(), |hex, byte| hex + &format!("{byte:02x}"));
    let mut forms = vec![
        ("plain", secret.to_owned()),
        ("percent-encoded", percent(false, false)),
        ("percent-encoded", percent(false, true)),
        ("percent-encoded as a whole", percent(true, false)),
        ("percent-encoded as a whole", percent(true, true)),
        ("in hexadecimal digits", hex.to_uppercase()),
        ("in hexadecimal digits", hex),
        ("backwards", secret.chars().rev().collect()),
    ];
    // Within other text, a secret may start at any of three positions of a base64 group. The characters that also encode
    // neighbouring bytes are cut off.
    for before in 0..3 {
        let padded = [vec![0; before], secret.into()].concat();
        for engine in [&STANDARD_NO_PAD, &URL_SAFE_NO_PAD] {
            let encoded = engine.encode(&padded);
            let whole = padded.len() / 3 * 4;
            let own = encoded.get((before * 4).div_ceil(3)..whole).unwrap_or_default();
            forms.push(("in base64", own.to_owned()));
        }
    }
    forms
}

#[cfg(test)]
#[expect(clippy::string_slice, reason = "the secrets are ASCII")]
mod tests {
    use super::*;

    fn planted() -> Canaries {
        let case = r#"{"name": "case", "call": {"method": "", "parameters": {"customer_email": "${email}"}},
            "exchanges": [{"answer": {"body": {"id": "${session}"}}}]}"#;
        Canaries::plant(&serde_json::from_str(case).unwrap()).unwrap().0
    }

    #[test]
    fn every_form_of_every_secret_is_found() {
        let planted = planted();
        assert_eq!(planted.others.len(), 2);
        for secret in planted.others.iter().map(|(_, secret)| secret).chain([&planted.secret]) {
            for (form, written) in forms(secret) {
                assert!(written.len() >= secret.len() - 2, "{form}: {written}");
                let text = format!("before {written} after");
                assert!(!planted.found_in(&text).is_empty(), "{form} of {secret}");
            }
            // Encoded by an independent encoder, together with other text.
            for before in ["", "a", "ab", "abc", "Basic x:"] {
                let text = format!("{before}{secret}{before}");
                let encoded = STANDARD_NO_PAD.encode(&text);
                assert!(!planted.found_in(&encoded).is_empty(), "{secret} after {before:?}");
            }
        }
    }

    #[test]
    fn any_eight_characters_of_the_key_are_found() {
        let planted = planted();
        for at in 0..=planted.secret.len() - PIECE {
            let text = format!("…{}…", &planted.secret[at..at + PIECE]);
            assert!(!planted.found_in(&text).is_empty());
            let encoded = STANDARD_NO_PAD.encode(text.trim_matches('…'));
            assert!(!planted.found_in(&encoded).is_empty(), "{text} as {encoded}");
        }
        assert!(planted.found_in(&planted.secret[..PIECE - 1]).is_empty());
        assert!(planted.found_in("sk_case_case. and nothing more").is_empty());
    }
}
