//! Generated customers, for sandboxes without a seed. The same id always results in the same customer.

use std::fmt::Write;

use sha2::{Digest, Sha256};

use super::customer::{CustomerRecord, SubscriptionRecord};
use super::day::Day;
use crate::domain::{PaymentMethod, Plan};

const FIRST_NAMES: [&str; 16] = [
    "Ada", "Amara", "Bela", "Chiara", "Diego", "Emre", "Freya", "Hana", "Imani", "Jonas", "Kenji", "Leila",
    "Mateo", "Noor", "Priya", "Tomás",
];
const LAST_NAMES: [&str; 16] = [
    "Novak",
    "Okafor",
    "Lindqvist",
    "Rossi",
    "Tanaka",
    "Haddad",
    "Moreau",
    "Kowalska",
    "Silva",
    "Weber",
    "Ivanova",
    "Patel",
    "Nguyen",
    "Murphy",
    "Castillo",
    "Berg",
];

/// Maximum number of billing periods for which a customer has had a subscription.
const MAX_PERIODS: u8 = 15;

/// Generates a customer with this id or e-mail address. The customer has a name, a card, and one or two subscriptions.
pub(super) fn generate_customer(
    id: Option<&str>,
    email: Option<&str>,
    plans: &[Plan],
    today: Day,
) -> CustomerRecord {
    let hash: [u8; 32] = Sha256::digest(id.or(email).unwrap_or_default()).into();
    let [first, last, count, rest @ .., card] = hash;
    let first = pick(&FIRST_NAMES, first).copied().unwrap_or_default();
    let last = pick(&LAST_NAMES, last).copied().unwrap_or_default();
    let subscriptions = rest.chunks_exact(14).take(if count % 4 == 0 { 2 } else { 1 });
    CustomerRecord {
        id: id.map(str::to_owned),
        email: Some(email.map_or_else(|| address(first, last), str::to_owned)),
        name: format!("{first} {last}"),
        subscriptions: subscriptions.filter_map(|bytes| subscription(bytes, plans, today)).collect(),
        payment_method: PaymentMethod::generate(card, today),
        promo_codes: Vec::new(),
    }
}

/// Generates a subscription from fourteen bytes of a hash.
fn subscription(bytes: &[u8], plans: &[Plan], today: Day) -> Option<SubscriptionRecord> {
    let [plan, day, id @ ..] = bytes else { return None };
    let [periods, ..] = id else { return None };
    let mut name = "sub_".to_owned();
    id.iter().try_for_each(|byte| write!(name, "{byte:02x}")).ok()?;
    let plan = pick(plans, *plan)?.clone();
    let started_on = today.plus_months(-i32::from(periods % MAX_PERIODS + 1) * plan.interval.months());
    let mut subscription = SubscriptionRecord::active(name, plan, Day::next(day % 28 + 1, today));
    subscription.bill_since(started_on, today);
    Some(subscription)
}

fn pick<T>(all: &[T], byte: u8) -> Option<&T> {
    usize::from(byte).checked_rem(all.len()).and_then(|index| all.get(index))
}

fn address(first: &str, last: &str) -> String {
    let ascii = |name: &str| name.to_lowercase().replace('á', "a");
    format!("{}.{}@example.com", ascii(first), ascii(last))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn same_id_results_in_the_same_customer() {
        let (plans, today) = (Plan::defaults(), Day::parse("2026-11-23").unwrap());
        let customer = |id: &str| generate_customer(Some(id), None, &plans, today);
        assert_eq!(customer("cus_1"), customer("cus_1"));
        assert_ne!(customer("cus_1").subscriptions, customer("cus_2").subscriptions);
        let many: Vec<_> = (0..200).map(|number| customer(&format!("cus_{number}"))).collect();
        let count = |number| many.iter().filter(|customer| customer.subscriptions.len() == number).count();
        assert!(count(1) > 100 && count(2) > 20 && count(1) + count(2) == 200, "{} {}", count(1), count(2));
        let names: std::collections::BTreeSet<_> = many.iter().map(|customer| &customer.name).collect();
        assert!(names.len() > 80, "{}", names.len());
        assert!(
            many.iter().flat_map(|customer| &customer.subscriptions).all(|one| one.next_bill >= Some(today))
        );
        assert!(many.iter().filter_map(|customer| customer.email.as_ref()).all(|email| email.is_ascii()));
    }
}
