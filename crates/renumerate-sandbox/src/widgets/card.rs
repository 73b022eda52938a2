//! Cards that a customer enters: the test cards of Stripe.

use super::day::Day;
use crate::domain::{CardBrand, PaymentMethod};

/// Numbers of test cards that Stripe documents: <https://docs.stripe.com/testing>.
const TEST_CARDS: [(&str, CardBrand); 16] = [
    ("4242424242424242", CardBrand::Visa),
    ("4000056655665556", CardBrand::Visa),
    ("5555555555554444", CardBrand::Mastercard),
    ("2223003122003222", CardBrand::Mastercard),
    ("5200828282828210", CardBrand::Mastercard),
    ("5105105105105100", CardBrand::Mastercard),
    ("378282246310005", CardBrand::Amex),
    ("371449635398431", CardBrand::Amex),
    ("6011111111111117", CardBrand::Discover),
    ("6011000990139424", CardBrand::Discover),
    ("6011981111111113", CardBrand::Discover),
    ("3056930009020004", CardBrand::Diners),
    ("36227206271667", CardBrand::Diners),
    ("3566002020360505", CardBrand::Jcb),
    ("6200000000000005", CardBrand::Unionpay),
    ("6205500000000000004", CardBrand::Unionpay),
];

/// Test card that Stripe declines.
const DECLINED_CARD: &str = "4000000000000002";

/// Maximum number of years until a card expires. Stripe has the same limit.
const MAX_YEARS: i32 = 50;

/// Problems of a card that a customer entered, as texts for the customer.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(super) struct CardErrors {
    pub(super) number: Option<&'static str>,
    pub(super) expiry: Option<&'static str>,
}

/// Parses the number and the expiry date of a test card. The number is not part of the result or the errors, because it
/// could be that of a real card.
pub(super) fn parse_card(number: &str, expiry: &str, today: Day) -> Result<PaymentMethod, CardErrors> {
    match (parse_number(number), parse_expiry(expiry, today)) {
        (Ok((brand, last4)), Ok((exp_year, exp_month))) => {
            Ok(PaymentMethod { brand, last4, exp_month, exp_year })
        }
        (number, expiry) => Err(CardErrors { number: number.err(), expiry: expiry.err() }),
    }
}

/// Returns the brand and the last four digits of a card number.
fn parse_number(text: &str) -> Result<(CardBrand, String), &'static str> {
    let digits: String = text.chars().filter(|c| !c.is_whitespace() && *c != '-').collect();
    if !is_card_number(&digits) {
        return Err("The card number is invalid.");
    }
    if digits == DECLINED_CARD {
        return Err("The card was declined. Use another card.");
    }
    let (_, brand) = TEST_CARDS.iter().find(|(number, _)| *number == digits).ok_or(
        "The sandbox accepts only test cards, such as 4242 4242 4242 4242. Do not enter the number of a real card.",
    )?;
    Ok((*brand, digits.chars().skip(digits.len() - 4).collect()))
}

/// Returns whether a text has the length and the check digit of a card number.
fn is_card_number(text: &str) -> bool {
    let digits: Option<Vec<u32>> = text.chars().map(|c| c.to_digit(10)).collect();
    let Some(digits) = digits.filter(|digits| (12..=19).contains(&digits.len())) else { return false };
    // Luhn algorithm: every second digit from the right is doubled, and the digits of the product are added.
    let luhn = |(index, digit): (usize, u32)| match (index % 2, digit) {
        (0, digit) => digit,
        (_, digit) => digit * 2 / 10 + digit * 2 % 10,
    };
    digits.into_iter().rev().enumerate().map(luhn).sum::<u32>().is_multiple_of(10)
}

/// Returns the year and the month of an expiry date such as `12/34` or `12/2034`.
fn parse_expiry(text: &str, today: Day) -> Result<(u16, u8), &'static str> {
    const INVALID: &str = "Enter the month and the year, such as 12/34.";
    let (month, year) = text.split_once('/').ok_or(INVALID)?;
    let is_number = |text: &str| text.bytes().all(|byte| byte.is_ascii_digit());
    let (month, year) = (month.trim(), year.trim());
    let century = match year.len() {
        2 => 2000,
        4 => 0,
        _ => return Err(INVALID),
    };
    if !is_number(month) || !is_number(year) {
        return Err(INVALID);
    }
    let month = month.parse().ok().filter(|month| (1..=12).contains(month)).ok_or(INVALID)?;
    let year = century + year.parse::<u16>().map_err(|_| INVALID)?;
    if is_expired(year, month, today) {
        return Err("The card has expired.");
    }
    if i32::from(year) > today.year() + MAX_YEARS {
        return Err(INVALID);
    }
    Ok((year, month))
}

/// Returns whether a card has expired. A card is valid until the end of its last month.
fn is_expired(year: u16, month: u8, today: Day) -> bool {
    (i32::from(year), month) < (today.year(), today.month())
}

impl CardBrand {
    fn name(self) -> &'static str {
        match self {
            Self::Amex => "American Express",
            Self::Diners => "Diners Club",
            Self::Discover => "Discover",
            Self::Jcb => "JCB",
            Self::Mastercard => "Mastercard",
            Self::Unionpay => "UnionPay",
            Self::Visa => "Visa",
        }
    }
}

impl PaymentMethod {
    /// Generates the card of a customer from a byte of a hash.
    pub(super) fn generate(byte: u8, today: Day) -> Self {
        let (brand, last4) = match byte % 3 {
            0 => (CardBrand::Visa, "4242"),
            1 => (CardBrand::Mastercard, "4444"),
            _ => (CardBrand::Amex, "0005"),
        };
        let exp_year = u16::try_from(today.year()).unwrap_or_default() + 1 + u16::from(byte % 4);
        Self { brand, last4: last4.to_owned(), exp_month: byte % 12 + 1, exp_year }
    }

    /// Returns the reason why the card in a seed is invalid.
    pub(super) fn problem(&self) -> Option<&'static str> {
        if self.last4.len() != 4 || !self.last4.bytes().all(|byte| byte.is_ascii_digit()) {
            Some("last4 must have four digits, such as 4242")
        } else if !(1..=12).contains(&self.exp_month) {
            Some("exp_month must be between 1 and 12")
        } else if !(1000..=9999).contains(&self.exp_year) {
            Some("exp_year must have four digits, such as 2034")
        } else {
            None
        }
    }

    /// Returns the brand and the last four digits, such as "Visa ending in 4242".
    pub(crate) fn in_words(&self) -> String {
        format!("{} ending in {}", self.brand.name(), self.last4)
    }

    /// Returns the date of expiry, such as "expires 12/2034".
    #[expect(clippy::trivially_copy_pass_by_ref, reason = "templates pass references")]
    pub(crate) fn expiry(&self, today: &Day) -> String {
        let verb = if is_expired(self.exp_year, self.exp_month, *today) { "expired" } else { "expires" };
        format!("{verb} {:02}/{}", self.exp_month, self.exp_year)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn today() -> Day {
        Day::parse("2026-11-23").unwrap()
    }

    #[test]
    fn test_cards_are_accepted() {
        for (number, brand) in TEST_CARDS {
            let card = parse_card(number, "11/26", today()).unwrap();
            assert_eq!((card.brand, card.exp_month, card.exp_year), (brand, 11, 2026), "{number}");
            assert!(number.ends_with(&card.last4), "{number}");
        }
        let card = parse_card(" 4242-4242 4242 4242 ", " 1 / 2034", today()).unwrap();
        assert_eq!(
            (card.in_words(), card.expiry(&today())),
            ("Visa ending in 4242".into(), "expires 01/2034".into())
        );
    }

    #[test]
    fn other_cards_are_rejected_with_the_reason() {
        for (number, expiry, number_error, expiry_error) in [
            ("4242424242424241", "12/34", "is invalid", ""),
            ("", "12/34", "is invalid", ""),
            ("0000", "12/34", "is invalid", ""),
            ("4242 4242 4242 424x", "12/34", "is invalid", ""),
            ("٤242424242424242", "12/34", "is invalid", ""),
            (&"42".repeat(1000), "12/34", "is invalid", ""),
            ("4111111111111111", "12/34", "only test cards", ""),
            ("4000000000000002", "12/34", "declined", ""),
            ("4242424242424242", "10/26", "", "expired"),
            ("4242424242424242", "12/1999", "", "expired"),
            ("4242424242424242", "12/77", "", "such as 12/34"),
            ("4242424242424242", "13/34", "", "such as 12/34"),
            ("4242424242424242", "0/34", "", "such as 12/34"),
            ("4242424242424242", "+1/34", "", "such as 12/34"),
            ("4242424242424242", "12/+9", "", "such as 12/34"),
            ("4242424242424242", "1234", "", "such as 12/34"),
            ("1", "", "is invalid", "such as 12/34"),
        ] {
            let errors = parse_card(number, expiry, today()).unwrap_err();
            for (error, part) in [(errors.number, number_error), (errors.expiry, expiry_error)] {
                assert_eq!(error.is_some(), !part.is_empty(), "{number} {expiry}: {error:?}");
                assert!(error.unwrap_or_default().contains(part), "{number} {expiry}: {error:?}");
            }
        }
    }

    #[test]
    fn generated_cards_are_valid() {
        for byte in 0..=u8::MAX {
            let card = PaymentMethod::generate(byte, today());
            assert_eq!(
                (card.problem(), card.expiry(&today()).starts_with("expires")),
                (None, true),
                "{card:?}"
            );
        }
    }
}
