//! The brand's private key and the mask that replaces it in text.

use std::fmt;

use zeroize::Zeroizing;

use crate::error::{Error, Name, Result};

/// The text that replaces a secret.
pub(crate) const MASK: &str = "[masked]";

/// Prefixes of the known kinds of keys, more specific prefixes first. The prefixes are public.
pub(crate) const KEY_PREFIXES: [(&str, &str); 6] = [
    ("sk_live_", "live"),
    ("sk_test_", "test"),
    ("sk_sandbox_", "sandbox"),
    (CASE_PREFIX, "sandbox"),
    ("sk_", "private"),
    ("pk_", "public"),
];

/// Prefix of the keys of test cases, `sk_case_<name>.<nonce>`.
const CASE_PREFIX: &str = "sk_case_";

/// The brand's private key, checked to be a valid header value. `Debug` masks the key. `Display` and serde are not
/// implemented, so that the key is not printed by accident. When the key is dropped, its memory is overwritten with
/// zeros.
#[derive(Clone, PartialEq, Eq)]
pub(crate) struct BrandKey(Zeroizing<String>);

impl BrandKey {
    /// Validates a key. Trims one trailing newline, because secret files often end with one. Accepts a key with any
    /// prefix.
    ///
    /// # Errors
    ///
    /// A configuration error if the key is empty or contains whitespace, quotes, control or non-ASCII characters.
    pub(crate) fn new(key: impl Into<String>) -> Result<Self> {
        let key = without_newline(Zeroizing::new(key.into()));
        match find_problem(&key) {
            None => Ok(Self(key)),
            Some(problem) => Err(invalid("private_key", problem)),
        }
    }

    /// Checks that the key can sign handshake tokens.
    ///
    /// # Errors
    ///
    /// A configuration error if the key is a public key, with which anyone could sign.
    pub(crate) fn check_secrecy(&self) -> Result<()> {
        if self.0.starts_with("pk_") {
            return Err(invalid("private_key", "begins with pk_, so it is probably the public key"));
        }
        Ok(())
    }

    /// Returns the key in plain text. The authentication header is the only output that may contain it.
    pub(crate) fn expose(&self) -> &str {
        &self.0
    }

    /// Returns the length of the key's public prefix: the prefix of its kind and, in the key of a test case, the name
    /// of the case with the dot after it.
    pub(super) fn public_prefix_len(&self) -> usize {
        let prefix =
            KEY_PREFIXES.into_iter().map(|(prefix, _)| prefix).find(|prefix| self.0.starts_with(prefix));
        match prefix {
            Some(CASE_PREFIX) => self.0.find('.').map_or(CASE_PREFIX.len(), |dot| dot + 1),
            prefix => prefix.unwrap_or_default().len(),
        }
    }

    /// Returns whether this is the key that the sandbox accepts by default. The service accepts no such key.
    pub(crate) fn is_default_of_sandbox(&self) -> bool {
        *self.0 == "sk_sandbox_local"
    }

    /// Returns the environment that the key's prefix names.
    pub(crate) fn environment(&self) -> Option<&'static str> {
        environment(&self.0)
    }

    /// Returns whether this is a sandbox key, which gives no access to real data.
    pub(crate) fn is_sandbox_key(&self) -> bool {
        self.0.starts_with("sk_sandbox_") || self.0.starts_with(CASE_PREFIX)
    }
}

/// The brand's public key, not yet checked. `Debug` masks it, because it may be the private key by mistake.
#[derive(Clone)]
pub(crate) struct PublicKey(Zeroizing<String>);

impl PublicKey {
    /// Trims one trailing newline. [`check`](Self::check) does the rest, because only handshake tokens need the key.
    pub(crate) fn new(key: Zeroizing<String>) -> Self {
        Self(without_newline(key))
    }

    /// Returns the environment that the key's prefix names.
    pub(crate) fn environment(&self) -> Option<&'static str> {
        environment(&self.0)
    }

    /// Returns whether the key begins with `pk_`, as the vendor's public keys do. Other keys are accepted, too.
    pub(crate) fn has_usual_prefix(&self) -> bool {
        self.0.starts_with("pk_")
    }

    /// Returns the key if a browser may read it: it is neither this private key nor looks like one.
    ///
    /// # Errors
    ///
    /// A configuration error if the key is a private key, or has characters that no key has.
    pub(crate) fn check(&self, private_key: &BrandKey) -> Result<&str> {
        let problem = match find_problem(&self.0) {
            // If the key begins with pk_, it is the private key that is wrong: see `BrandKey::check_secrecy`.
            None if *self.0 == *private_key.0 && !self.0.starts_with("pk_") => {
                "is the private key, which browsers could read"
            }
            None if self.0.starts_with("sk_") => {
                "begins with sk_, so it is probably a private key, which browsers could read"
            }
            None => return Ok(&self.0),
            Some(problem) => problem,
        };
        Err(invalid("public_key", problem))
    }
}

impl fmt::Debug for PublicKey {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "PublicKey({MASK})")
    }
}

/// Returns the environment that the prefix of a key names, such as `live` for `sk_live_…` and `pk_live_…`.
fn environment(key: &str) -> Option<&'static str> {
    let rest = key.strip_prefix("sk_").or_else(|| key.strip_prefix("pk_"))?;
    let names_environment = |(prefix, _): &(&str, _)| {
        prefix.strip_prefix("sk_").is_some_and(|name| !name.is_empty() && rest.starts_with(name))
    };
    KEY_PREFIXES.into_iter().find(names_environment).map(|(_, environment)| environment)
}

/// Removes one newline from the end of a key, because secret files often end with one.
fn without_newline(mut key: Zeroizing<String>) -> Zeroizing<String> {
    if key.ends_with('\n') {
        key.pop();
        if key.ends_with('\r') {
            key.pop();
        }
    }
    key
}

fn invalid(option: &'static str, problem: &str) -> Error {
    let kind = option.replace('_', " ");
    let remedy = format!("copy the brand's {kind} from Renumerate's dashboard");
    Error::configuration(Name(option), Name(option) + " " + problem, remedy)
}

impl fmt::Debug for BrandKey {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "BrandKey({MASK})")
    }
}

/// If the key is invalid, returns the reason. The reason never contains characters of the key.
fn find_problem(key: &str) -> Option<&'static str> {
    if key.is_empty() {
        return Some("is empty");
    }
    if ["${", "$(", "{{"].iter().any(|start| key.starts_with(start)) {
        return Some("is a placeholder that was not replaced");
    }
    key.chars().find_map(|c| match c {
        c if c.is_whitespace() => Some("contains whitespace"),
        '"' | '\'' | '`' => Some("contains quotes"),
        c if c.is_control() => Some("contains a control character"),
        c if !c.is_ascii() => Some("contains a character that is not ASCII"),
        _ => None,
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    fn key() -> BrandKey {
        BrandKey::new("sk_live_planted").unwrap()
    }

    /// Rules: S1
    #[test]
    fn key_trims_one_trailing_newline_and_rejects_invalid_characters() {
        assert_eq!(BrandKey::new("sk_live_planted\n").unwrap(), key());
        assert_eq!(BrandKey::new("sk_live_planted\r\n").unwrap(), key());
        assert_eq!(BrandKey::new("any-shape.of+key/is=fine").unwrap().expose(), "any-shape.of+key/is=fine");
        for invalid in
            ["", "\n", "a\n\n", " a", "a ", "a b", "a\tb", "\"a\"", "'a'", "`a`", "a\0b", "\u{7f}", "clé"]
        {
            let error = BrandKey::new(invalid).unwrap_err();
            assert_eq!((error.code(), error.field()), ("configuration", Some("private_key")), "{invalid:?}");
        }
    }

    /// Rules: X1
    #[test]
    fn error_does_not_contain_the_rejected_key() {
        let error = BrandKey::new("sk_live_planted with a space").unwrap_err();
        assert!(!format!("{error} {error:?}").contains("planted"));
    }

    /// Rules: X1
    #[test]
    fn debug_output_does_not_contain_the_key() {
        assert_eq!(format!("{:?}", key()), format!("BrandKey({MASK})"));
    }

    #[test]
    fn prefixes_name_environments() {
        for (rest, environment) in [
            ("live_1", Some("live")),
            ("test_1", Some("test")),
            ("sandbox_local", Some("sandbox")),
            ("case_name.1", Some("sandbox")),
            ("live", None),
            ("lively_1", None),
            ("1", None),
        ] {
            let key = BrandKey::new(format!("sk_{rest}")).unwrap();
            let public_key = PublicKey::new(format!("pk_{rest}").into());
            assert_eq!((key.environment(), public_key.environment()), (environment, environment), "{rest}");
        }
    }

    /// Rules: X1
    #[test]
    fn public_prefix_ends_before_the_secret_part() {
        for (key, public) in [
            ("sk_live_4eC39HqL", "sk_live_"),
            ("sk_test_4eC_39HqL", "sk_test_"),
            ("sk_sandbox_planted", "sk_sandbox_"),
            ("sk_prod_4eC39HqL", "sk_"),
            ("sk_live", "sk_"),
            ("pk_live_4eC39HqL", "pk_"),
            ("sk_case_not_found.4eC.39", "sk_case_not_found."),
            ("sk_case_4eC39HqL", "sk_case_"),
            ("SK_LIVE_4eC39HqL", ""),
            ("4eC39.HqL", ""),
        ] {
            assert_eq!(BrandKey::new(key).unwrap().public_prefix_len(), public.len(), "{key}");
        }
    }
}
