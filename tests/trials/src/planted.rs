//! Secrets that are planted, and the search for them in all that comes out.

use base64::Engine;
use base64::engine::general_purpose::{STANDARD_NO_PAD, URL_SAFE_NO_PAD};

/// So many characters of the key in a row are a leak.
const PIECE: usize = 8;

/// The secrets of one call.
pub(crate) struct Planted {
    pub(crate) key: String,
    /// What is secret of the key; the rest is the name of the fault.
    secret: String,
    pub(crate) session: String,
    pub(crate) email: String,
}

impl Planted {
    pub(crate) fn new(fault: &str) -> Self {
        // With characters that URLs write in another way.
        let secret = format!("{}/+=%&{}", random(20), random(20));
        Self {
            key: format!("sk_case_{fault}.{secret}"),
            secret,
            session: format!("ret_{}==", random(126)),
            email: format!("{}@{}.example", random(12).to_lowercase(), random(8).to_lowercase()),
        }
    }

    /// The text with the secrets in it.
    pub(crate) fn fill(&self, text: &str, elsewhere: &str) -> String {
        text.replace("${session}", &self.session)
            .replace("${email}", &self.email)
            .replace("${elsewhere}", elsewhere)
    }

    /// What is found of the secrets in a text, told without telling them.
    pub(crate) fn found_in(&self, text: &str) -> Vec<String> {
        let mut found = Vec::new();
        for (form, written) in pieces(&self.secret).flat_map(|piece| forms(&piece)) {
            if let Some(at) = text.find(&written) {
                found.push(format!("a piece of the key, {form}, at byte {at}"));
                break;
            }
        }
        for (what, secret) in
            [("the key", &self.secret), ("the session id", &self.session), ("the e-mail", &self.email)]
        {
            for (form, written) in forms(secret) {
                if let Some(at) = text.find(&written) {
                    found.push(format!("{what}, {form}, at byte {at}"));
                }
            }
        }
        found
    }
}

fn random(length: usize) -> String {
    (0..length).map(|_| fastrand::alphanumeric()).collect()
}

fn pieces(secret: &str) -> impl Iterator<Item = String> {
    let characters: Vec<char> = secret.chars().collect();
    (0..=characters.len().saturating_sub(PIECE))
        .map(move |at| characters.iter().skip(at).take(PIECE).collect::<String>())
}

/// A secret as it may be written.
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
    // Within other text a secret may begin at any of three places of a group of base64; what the neighbours
    // share in is cut off.
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

    #[test]
    fn each_form_of_each_secret_is_found() {
        let planted = Planted::new("case");
        for secret in [&planted.secret, &planted.session, &planted.email] {
            for (form, written) in forms(secret) {
                assert!(written.len() >= secret.len() - 2, "{form}: {written}");
                let text = format!("before {written} after");
                assert!(!planted.found_in(&text).is_empty(), "{form} of {secret}");
            }
            // As somebody else would encode it, in the middle of something.
            for before in ["", "a", "ab", "abc", "Basic x:"] {
                let text = format!("{before}{secret}{before}");
                let encoded = STANDARD_NO_PAD.encode(&text);
                assert!(!planted.found_in(&encoded).is_empty(), "{secret} after {before:?}");
            }
        }
    }

    #[test]
    fn any_eight_characters_of_the_key_are_found() {
        let planted = Planted::new("case");
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
