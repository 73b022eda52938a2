//! Payment methods of customers.

use serde::{Deserialize, Serialize};

/// Card with which a customer pays, without its number.
#[derive(Clone, Debug, PartialEq, Eq, Deserialize, Serialize)]
#[serde(deny_unknown_fields, expecting = "a JSON object")]
pub struct PaymentMethod {
    /// Brand of the card.
    pub brand: CardBrand,
    /// Last four digits of the card's number.
    pub last4: String,
    /// Month in which the card expires, 1 to 12.
    pub exp_month: u8,
    /// Year in which the card expires, such as 2034.
    pub exp_year: u16,
}

/// Brand of a card. The names in JSON are those of Stripe.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Deserialize, Serialize)]
#[serde(rename_all = "lowercase")]
pub enum CardBrand {
    /// American Express.
    Amex,
    /// Diners Club.
    Diners,
    /// Discover.
    Discover,
    /// JCB.
    Jcb,
    /// Mastercard.
    Mastercard,
    /// `UnionPay`.
    Unionpay,
    /// Visa.
    Visa,
}
