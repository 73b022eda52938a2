//! Promo codes in the `SubscriptionHub`.

use askama::Template;
use axum::response::Response;

use crate::widgets::access::{AccessError, AuthorizedSession};
use crate::widgets::customer::SubscriptionRecord;
use crate::widgets::customers::CustomerRef;
use crate::widgets::page::page;

/// Page on which the customer enters a promo code.
#[derive(Template)]
#[template(path = "widgets/hub/promo_code.html")]
struct PromoCodePage<'a> {
    session: &'a AuthorizedSession<'a>,
    subscription: &'a SubscriptionRecord,
    code: &'a str,
    error: Option<&'static str>,
}

impl AuthorizedSession<'_> {
    pub(super) fn promo_code(&self, subscription: &SubscriptionRecord) -> Response {
        page(&PromoCodePage { session: self, subscription, code: "", error: None })
    }

    pub(super) fn redeem(
        &self,
        subscription: &SubscriptionRecord,
        code: Option<&str>,
    ) -> Result<Response, AccessError> {
        let code = code.ok_or(AccessError::InvalidForm)?;
        let customer = CustomerRef::from(&self.record);
        let redeemed = self
            .state
            .customers()
            .change_customer(customer, self.today, |customer| customer.redeem(code, &subscription.id));
        match redeemed.flatten() {
            None => self.show_current(""), // cancelled in another window
            Some(Ok(promo_code)) => {
                let plan = &subscription.plan;
                let price = plan.price(promo_code.discount.percent);
                self.show_current(&format!("{} costs {price} with {}.", plan.name, promo_code.code))
            }
            Some(Err(error)) => {
                let error = Some(error.message());
                Ok(page(&PromoCodePage { session: self, subscription, code, error }))
            }
        }
    }
}
