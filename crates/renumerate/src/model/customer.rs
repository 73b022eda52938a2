//! Customers, their ids and e-mail addresses, and the ids of subscriptions.

use std::fmt;

use super::endpoint::id_prefixes;
use crate::error::{Error, Message, Name, Result};
use crate::redact::{EXCHANGED_PREFIX, OTHER_ID_MAX_CHARS, TOKEN_START};

const ID_MAX_CHARS: usize = 255;
const EMAIL_MAX_CHARS: usize = 512; // Stripe's limit

/// Defines a newtype of `String` whose constructor validates the text with `$check(field, text)`.
macro_rules! validated_text {
    ($(#[$doc:meta])* $name:ident, $field:literal, $check:ident) => {
        $(#[$doc])*
        #[derive(Clone, PartialEq, Eq, Hash)]
        pub struct $name(String);

        impl $name {
            /// Validates the text and stores it without any change.
            ///
            /// # Errors
            ///
            /// [`ErrorKind::Validation`](crate::ErrorKind::Validation) if the text is invalid. The error contains
            /// the name of the field and the reason.
            pub fn new(text: impl Into<String>) -> Result<Self> {
                let text = text.into();
                $check($field, &text)?;
                Ok(Self(text))
            }

            /// Returns the text unchanged.
            pub fn as_str(&self) -> &str {
                &self.0
            }
        }

        impl TryFrom<&str> for $name {
            type Error = Error;

            fn try_from(text: &str) -> Result<Self> {
                Self::new(text)
            }
        }

        impl TryFrom<String> for $name {
            type Error = Error;

            fn try_from(text: String) -> Result<Self> {
                Self::new(text)
            }
        }

        impl fmt::Debug for $name {
            fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.debug_tuple(stringify!($name)).field(&self.0).finish()
            }
        }
    };
}

validated_text!(
    /// The id of a customer: a Stripe customer id, such as `cus_NffrFeUfNV2Hib`, or an imported id in another format.
    ///
    /// It has 1–255 visible ASCII characters. The format is not checked, with one exception: a value that is clearly a
    /// session id is rejected. Such a value begins with the prefix of a session id, such as `ret_`, and has more than
    /// 64 characters.
    CustomerId, "customer_id", check_id
);

validated_text!(
    /// The id of a subscription: a Stripe subscription id, such as `sub_1MowQVLkdIwHu7ixeRlqHVzs`.
    ///
    /// It has 1–255 visible ASCII characters. The format is not checked, with one exception: a value that is clearly a
    /// session id is rejected. Such a value begins with the prefix of a session id, such as `ret_`, and has more than
    /// 64 characters.
    SubscriptionId, "subscription_id", check_id
);

validated_text!(
    /// The e-mail address of a customer. It has 1–512 characters, with at least one character before and after an `@`.
    /// It has no control characters, and no whitespace at either end.
    CustomerEmail, "customer_email", check_email
);

/// The customer of a session, identified by id, by e-mail or by both. Each request requires a customer.
///
/// ```
/// use renumerate::Customer;
///
/// let by_id = Customer::by_id("cus_NffrFeUfNV2Hib")?;
/// let by_email = Customer::by_email("john.doe@example.com")?;
/// let by_both = Customer::by_id_and_email("cus_NffrFeUfNV2Hib", "john.doe@example.com")?;
/// assert_eq!((by_both.id(), by_both.email()), (by_id.id(), by_email.email()));
/// # Ok::<(), renumerate::Error>(())
/// ```
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub enum Customer {
    /// Identified by id.
    Id(CustomerId),
    /// Identified by e-mail.
    Email(CustomerEmail),
    /// Identified by id and e-mail.
    IdAndEmail(CustomerId, CustomerEmail),
}

impl Customer {
    /// Creates a customer from an id.
    ///
    /// # Errors
    ///
    /// [`ErrorKind::Validation`](crate::ErrorKind::Validation) if the id is invalid.
    pub fn by_id(id: impl Into<String>) -> Result<Self> {
        Ok(Self::Id(CustomerId::new(id)?))
    }

    /// Creates a customer from an e-mail address.
    ///
    /// # Errors
    ///
    /// [`ErrorKind::Validation`](crate::ErrorKind::Validation) if the address is invalid.
    pub fn by_email(email: impl Into<String>) -> Result<Self> {
        Ok(Self::Email(CustomerEmail::new(email)?))
    }

    /// Creates a customer from an id and an e-mail address. A request then contains both.
    ///
    /// # Errors
    ///
    /// [`ErrorKind::Validation`](crate::ErrorKind::Validation) if the id or the address is invalid.
    pub fn by_id_and_email(id: impl Into<String>, email: impl Into<String>) -> Result<Self> {
        Ok(Self::IdAndEmail(CustomerId::new(id)?, CustomerEmail::new(email)?))
    }

    /// Returns the customer's id, if it is set.
    pub fn id(&self) -> Option<&str> {
        match self {
            Self::Id(id) | Self::IdAndEmail(id, _) => Some(id.as_str()),
            Self::Email(_) => None,
        }
    }

    /// Returns the customer's e-mail address, if it is set.
    pub fn email(&self) -> Option<&str> {
        match self {
            Self::Email(email) | Self::IdAndEmail(_, email) => Some(email.as_str()),
            Self::Id(_) => None,
        }
    }
}

fn check_id(field: &'static str, id: &str) -> Result<()> {
    let (problem, remedy): (Message, _) = if id.is_empty() {
        // A token requires the customer's id, and this check does not know whether the id is for a token.
        let is_customer = field == "customer_id";
        (
            " is empty".into(),
            if is_customer { "set it to the id of the customer" } else { "omit it, or set the id" },
        )
    } else if id.len() > OTHER_ID_MAX_CHARS && is_session_id(id) {
        (" is the id of a Renumerate session".into(), "use the id that Stripe assigned")
    } else if id.len() > OTHER_ID_MAX_CHARS && is_token(id) {
        (" is a handshake token".into(), "use the id that Stripe assigned")
    } else if let Some(position) = id.chars().position(|c| !c.is_ascii_graphic()) {
        let problem = format!(" has a character at position {} that no id has", position + 1);
        (problem.into(), "use visible ASCII characters without spaces")
    } else if id.len() > ID_MAX_CHARS {
        (format!(" has {} characters", id.len()).into(), "use at most 255")
    } else {
        return Ok(());
    };
    Err(Error::validation(Name(field), Name(field) + problem, remedy))
}

fn is_session_id(id: &str) -> bool {
    id_prefixes().iter().chain(&[EXCHANGED_PREFIX]).any(|prefix| id.starts_with(prefix))
}

fn is_token(id: &str) -> bool {
    id.starts_with(TOKEN_START) && id.contains('.')
}

fn check_email(field: &'static str, email: &str) -> Result<()> {
    let (problem, remedy) = if email.is_empty() {
        (" is empty", "omit it, or set the address")
    } else if email.chars().any(char::is_control) {
        (" contains a control character", "remove it")
    } else if email.starts_with(char::is_whitespace) || email.ends_with(char::is_whitespace) {
        (" starts or ends with whitespace", "trim it")
    } else if !email.char_indices().any(|(at, c)| c == '@' && at > 0 && at + 1 < email.len()) {
        (" is not an e-mail address", "use an address with text before and after an @")
    } else if email.chars().count() > EMAIL_MAX_CHARS {
        (" is too long", "use at most 512 characters, which is Stripe's limit")
    } else {
        return Ok(());
    };
    Err(Error::validation(Name(field), Name(field) + problem, remedy))
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    proptest! {
        /// Rules: V3
        #[test]
        fn visible_ascii_id_is_accepted_unchanged(id in "[!-~]{1,255}") {
            prop_assume!(!id.starts_with("ret_") && !id.starts_with("sub_"));
            let accepted = CustomerId::new(id.as_str()).unwrap();
            prop_assert_eq!(accepted.as_str(), id);
        }

        /// Rules: V3
        #[test]
        fn id_with_any_other_character_is_rejected(id in "[!-~]{0,9}[^!-~][!-~]{0,9}") {
            let error = SubscriptionId::new(id).unwrap_err();
            prop_assert_eq!(error.field(), Some("subscription_id"));
        }

        /// Rules: V4
        #[test]
        fn session_id_is_rejected_as_customer_and_subscription_id(id in "(ret|sub|r10)_[A-Za-z0-9_=-]{61,200}") {
            prop_assert!(CustomerId::new(id.as_str()).is_err());
            prop_assert!(SubscriptionId::new(id).is_err());
        }

        /// Rules: V4
        #[test]
        fn short_id_with_a_session_prefix_is_accepted(id in "(ret|sub|r10)_[A-Za-z0-9_=-]{0,60}") {
            prop_assert!(CustomerId::new(id).is_ok());
        }

        /// Rules: V5
        #[test]
        fn address_with_two_sides_is_accepted_unchanged(email in r"[^\s@\p{C}]{1,60}@[^\s@\p{C}]{1,60}") {
            let accepted = CustomerEmail::new(email.as_str()).unwrap();
            prop_assert_eq!(accepted.as_str(), email);
        }

        /// Rules: V5
        #[test]
        fn address_with_a_missing_side_or_outer_whitespace_is_rejected(name in "[a-zé ]{0,20}") {
            for email in [name.clone(), format!("@{name}"), format!("{name}@"), format!(" a@{name}b"), format!("a@b\n{name}")] {
                prop_assert!(CustomerEmail::new(email).is_err());
            }
        }
    }

    /// Rules: V3, V5
    #[test]
    fn length_limits_count_characters() {
        assert!(CustomerId::new("x".repeat(255)).is_ok());
        assert!(CustomerId::new("x".repeat(256)).is_err());
        assert!(CustomerEmail::new(format!("{}@b", "é".repeat(510))).is_ok());
        assert!(CustomerEmail::new(format!("{}@b", "é".repeat(511))).is_err());
    }
}
