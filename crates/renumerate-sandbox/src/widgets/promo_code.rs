//! Promo codes, which customers enter in the `SubscriptionHub`.

use super::customer::{CustomerRecord, Discount};

/// Promo code that the business has issued.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct PromoCode {
    pub(super) code: &'static str,
    pub(super) discount: Discount,
    is_expired: bool,
}

/// All promo codes. `docs/sandbox.md` lists them, too.
const PROMO_CODES: [PromoCode; 3] = [
    PromoCode { code: "SAVE20", discount: Discount { percent: 20, months: 3 }, is_expired: false },
    PromoCode { code: "HALFPRICE", discount: Discount { percent: 50, months: 2 }, is_expired: false },
    PromoCode { code: "SUMMER25", discount: Discount { percent: 25, months: 3 }, is_expired: true },
];

/// Reason why a customer cannot redeem a promo code.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum PromoCodeError {
    Unknown,
    Expired,
    Used,
    /// The subscription already has a discount.
    Discounted,
}

impl PromoCodeError {
    /// Returns the text for the customer.
    pub(super) fn message(self) -> &'static str {
        match self {
            Self::Unknown => "This promo code does not exist.",
            Self::Expired => "This promo code has expired.",
            Self::Used => "You have already used this promo code.",
            Self::Discounted => "This subscription already has a discount.",
        }
    }
}

impl CustomerRecord {
    /// Gives a subscription the discount of a promo code. A customer can use each code once. The case of the code's
    /// letters does not matter. Returns `None` if the subscription does not exist or is cancelled.
    pub(super) fn redeem(
        &mut self,
        code: &str,
        subscription: &str,
    ) -> Option<Result<PromoCode, PromoCodeError>> {
        let subscription = self.subscriptions.iter_mut().find(|known| known.id == subscription)?;
        if subscription.is_cancelled() {
            return None;
        }
        let known = PROMO_CODES.iter().find(|known| known.code.eq_ignore_ascii_case(code.trim()));
        let Some(promo_code) = known.copied() else { return Some(Err(PromoCodeError::Unknown)) };
        let error = if promo_code.is_expired {
            PromoCodeError::Expired
        } else if self.promo_codes.contains(&promo_code.code) {
            PromoCodeError::Used
        } else if subscription.discount.is_some() {
            PromoCodeError::Discounted
        } else {
            subscription.discount(promo_code.discount);
            self.promo_codes.push(promo_code.code);
            return Some(Ok(promo_code));
        };
        Some(Err(error))
    }
}

#[cfg(test)]
mod tests {
    use crate::domain::Plan;
    use crate::widgets::day::Day;
    use crate::widgets::generate::generate_customer;

    #[test]
    fn cancelled_subscription_gets_no_discount() {
        let today = Day::parse("2026-11-23").unwrap();
        let mut customer = generate_customer(Some("cus_1"), None, &Plan::defaults(), today);
        customer.subscriptions[0].cancel(today);
        let before = customer.clone();
        let id = before.subscriptions[0].id.as_str();
        assert_eq!((customer.redeem("SAVE20", id), customer.redeem("SAVE20", "sub_other")), (None, None));
        assert_eq!(customer, before);
    }
}
