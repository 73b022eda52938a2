//! Store of the customers and of the changes to customers. The customers come from the seed. If there is no seed, the
//! store generates a customer for each id or e-mail address.

use std::collections::{BTreeSet, HashMap};

use super::customer::{CustomerRecord, SubscriptionRecord};
use super::day::Day;
use super::generate::generate_customer;
use super::seeded::seeded_customer;
use crate::domain::{Plan, Seed};
use crate::error::SandboxError;
use crate::state::{BoundedStore, SessionRecord, Size};

/// Maximum number of stored customers.
const MAX_CUSTOMERS: usize = 10_000;

/// Maximum size of the stored customers in bytes.
const MAX_BYTES: usize = 8 * 1024 * 1024;

/// Number of subscriptions at which an added subscription replaces the oldest subscription of a customer. The number is
/// limited, because one page shows all subscriptions.
const MAX_SUBSCRIPTIONS: usize = 50;

/// Maximum length of the id of a subscription that is added to a customer. Stripe has the same limit.
const ID_MAX_BYTES: usize = 255;

/// Reference to a customer by id, by e-mail address or by both.
#[derive(Clone, Copy, Debug)]
pub(crate) struct CustomerRef<'a> {
    pub(crate) id: Option<&'a str>,
    pub(crate) email: Option<&'a str>,
    /// Id of the customer's subscription, if the session request contained one.
    pub(crate) subscription: Option<&'a str>,
}

impl<'a> From<&'a SessionRecord> for CustomerRef<'a> {
    fn from(session: &'a SessionRecord) -> Self {
        let SessionRecord { customer_id, customer_email, subscription_id, .. } = session;
        Self {
            id: customer_id.as_deref(),
            email: customer_email.as_deref(),
            subscription: subscription_id.as_deref(),
        }
    }
}

/// Stored customer.
#[derive(Debug)]
struct Entry {
    key: String,
    customer: CustomerRecord,
}

impl Size for Entry {
    fn size(&self) -> usize {
        self.key.len() + self.customer.size()
    }
}

#[derive(Debug)]
pub(crate) struct CustomerStore {
    plans: Vec<Plan>,
    /// Customers from the seed in their original state; `None` without a seed. If there is a seed, only its customers
    /// exist.
    seeded: Option<Vec<CustomerRecord>>,
    /// Customers whose state differs from the seed or from the generated state.
    changed: BoundedStore<Entry>,
    index: Index,
}

/// Index of the changed customers. The key of a customer is the id, or the e-mail address if the customer has no id.
#[derive(Debug, Default)]
struct Index {
    numbers: HashMap<String, usize>,
    /// Keys of the customers, by e-mail address.
    by_email: HashMap<String, String>,
}

impl Index {
    fn remove(&mut self, evicted: &Entry) {
        self.numbers.remove(&evicted.key);
        let email = evicted.customer.email.as_ref();
        if let Some(email) = email.filter(|email| self.by_email.get(*email) == Some(&evicted.key)) {
            self.by_email.remove(email);
        }
    }
}

impl CustomerStore {
    pub(crate) fn new(seed: Option<&Seed>, today: Day) -> Result<Self, SandboxError> {
        let plans = seed
            .map(|seed| seed.plans.clone())
            .filter(|plans| !plans.is_empty())
            .unwrap_or_else(Plan::defaults);
        let mut ids = BTreeSet::new();
        if let Some(plan) = plans.iter().find(|plan| !ids.insert(plan.id.as_str())) {
            return Err(SandboxError::seed(format!("two plans have the id {}", plan.id)));
        }
        let seeded = seed
            .map(|seed| {
                seed.customers.iter().map(|customer| seeded_customer(customer, &plans, today)).collect()
            })
            .transpose()?;
        drop(ids);
        let changed = BoundedStore::new(MAX_CUSTOMERS, MAX_BYTES);
        Ok(Self { plans, seeded, changed, index: Index::default() })
    }

    pub(crate) fn plans(&self) -> &[Plan] {
        &self.plans
    }

    /// Discards all changes to customers.
    pub(crate) fn reset(&mut self) {
        self.changed.clear();
        self.index = Index::default();
    }

    /// Returns the customer, updated to today; `None` if the seed has no such customer.
    pub(crate) fn find(&self, customer: CustomerRef<'_>, today: Day) -> Option<CustomerRecord> {
        self.look_up(customer, today).map(|(_, customer)| customer)
    }

    /// Returns the customer with this id or e-mail address.
    pub(crate) fn find_by_id_or_email(&self, id_or_email: &str, today: Day) -> Option<CustomerRecord> {
        let id = CustomerRef { id: Some(id_or_email), email: None, subscription: None };
        let email = CustomerRef { id: None, email: Some(id_or_email), subscription: None };
        if self.seeded.is_some() {
            return self.find(id, today).or_else(|| self.find(email, today));
        }
        self.find(if id_or_email.contains('@') { email } else { id }, today)
    }

    /// Changes a subscription of a customer, and returns the result of `change`. Returns `None` if the customer or the
    /// subscription does not exist.
    pub(crate) fn change<T>(
        &mut self,
        customer: CustomerRef<'_>,
        subscription: &str,
        today: Day,
        change: impl FnOnce(&mut SubscriptionRecord) -> T,
    ) -> Option<T> {
        let (key, mut record) = self.look_up(customer, today)?;
        let subscription = record.subscriptions.iter_mut().find(|known| known.id == subscription)?;
        let changed = change(subscription);
        self.store(key, record, customer.email);
        Some(changed)
    }

    /// Returns the customer, and stores that the id, the e-mail address and the subscription in `customer` belong
    /// together.
    pub(crate) fn find_and_store(&mut self, customer: CustomerRef<'_>, today: Day) -> Option<CustomerRecord> {
        let (key, record) = self.look_up(customer, today)?;
        // If only an id or only an e-mail address is known, nothing is stored: the same customer can be generated
        // again.
        if customer.subscription.is_some() || customer.id.is_some() && customer.email.is_some() {
            self.store(key, record.clone(), customer.email);
        }
        Some(record)
    }

    fn look_up(&self, customer: CustomerRef<'_>, today: Day) -> Option<(String, CustomerRecord)> {
        let first = match &self.seeded {
            Some(seeded) => Some(seeded.iter().find(|record| is_referenced(record, customer))?),
            None => None,
        };
        let key = match first {
            Some(record) => record.id.as_deref().or(record.email.as_deref()),
            // Without a seed, the key is the id. If only the e-mail address is known, the key is looked up by the
            // address.
            None => customer.id.or_else(|| {
                customer.email.map(|email| self.index.by_email.get(email).map_or(email, String::as_str))
            }),
        }?;
        let number = self.index.numbers.get(key);
        let changed = number.and_then(|number| self.changed.get(*number)).map(|entry| &entry.customer);
        let mut record = match changed.or(first) {
            Some(record) => record.clone(),
            None => generate_customer(customer.id, customer.email, &self.plans, today),
        };
        let named = customer.subscription.filter(|named| named.len() <= ID_MAX_BYTES);
        if let Some(named) = named.filter(|named| record.subscription(named).is_none()) {
            match record.subscriptions.first_mut() {
                // If the customer is generated now, the first generated subscription gets the id from the session.
                Some(generated) if changed.is_none() && first.is_none() => {
                    named.clone_into(&mut generated.id);
                }
                _ => self.add(named, &mut record.subscriptions, today),
            }
        }
        record.subscriptions.iter_mut().for_each(|subscription| subscription.pass_time(today));
        Some((key.to_owned(), record))
    }

    /// Adds a subscription with the id `named` and default data. If there are already `MAX_SUBSCRIPTIONS`, removes the
    /// oldest subscription.
    fn add(&self, named: &str, subscriptions: &mut Vec<SubscriptionRecord>, today: Day) {
        if subscriptions.len() >= MAX_SUBSCRIPTIONS {
            subscriptions.remove(0);
        }
        subscriptions.extend(
            self.plans
                .first()
                .map(|plan| SubscriptionRecord::active(named.to_owned(), plan.clone(), today.plus_months(1))),
        );
    }

    fn store(&mut self, key: String, mut customer: CustomerRecord, email: Option<&str>) {
        let Self { changed, index, seeded, .. } = self;
        if let Some(email) = email.filter(|_| seeded.is_none()) {
            // The index has only the latest address of a customer. Otherwise, it could grow without limit.
            if let Some(old) = customer.email.replace(email.to_owned())
                && index.by_email.get(&old) == Some(&key)
            {
                index.by_email.remove(&old);
            }
            index.by_email.insert(email.to_owned(), key.clone());
        }
        if let Some(number) = index.numbers.get(&key).copied() {
            changed.update(number, |entry| entry.customer = customer, |evicted| index.remove(&evicted));
        } else {
            index.numbers.insert(key.clone(), changed.end());
            changed.push(Entry { key, customer }, |evicted| index.remove(&evicted));
        }
    }
}

/// Returns whether the reference `customer` names the customer in `record`. If the reference has an id, only the ids
/// are compared; otherwise, the e-mail addresses. The session endpoints use the same rule.
fn is_referenced(record: &CustomerRecord, customer: CustomerRef<'_>) -> bool {
    match (customer.id, customer.email) {
        (Some(id), _) => record.id.as_deref() == Some(id),
        (None, email) => email.is_some() && record.email.as_deref() == email,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn today() -> Day {
        Day::parse("2026-11-23").unwrap()
    }

    fn by_id(id: &str) -> CustomerRef<'_> {
        CustomerRef { id: Some(id), email: None, subscription: None }
    }

    #[test]
    fn changes_last_until_reset() {
        let mut customers = CustomerStore::new(None, today()).unwrap();
        let before = customers.find(by_id("cus_1"), today()).unwrap();
        let id = before.subscriptions[0].id.clone();
        assert!(customers.change(by_id("cus_1"), &id, today(), |one| one.cancel(today())).is_some());
        assert!(customers.find_by_id_or_email("cus_1", today()).unwrap().subscriptions[0].is_cancelled());
        assert!(customers.change(by_id("cus_1"), "sub_other", today(), |_| ()).is_none());
        customers.reset();
        assert_eq!(customers.find(by_id("cus_1"), today()), Some(before));
    }

    #[test]
    fn subscription_of_a_session_is_added_to_the_customer() {
        let mut customers = CustomerStore::new(None, today()).unwrap();
        let named = CustomerRef { subscription: Some("sub_named"), ..by_id("cus_1") };
        let generated = customers.find(by_id("cus_1"), today()).unwrap().subscriptions;
        let entered = customers.find_and_store(named, today()).unwrap().subscriptions;
        assert_eq!((entered[0].id.as_str(), &entered[0].plan), ("sub_named", &generated[0].plan));
        assert_eq!(entered.len(), generated.len());
        customers.find_and_store(CustomerRef { subscription: Some("sub_other"), ..named }, today());
        let ids = |customers: &CustomerStore| {
            customers.find(by_id("cus_1"), today()).unwrap().subscriptions.into_iter().map(|one| one.id)
        };
        assert_eq!(ids(&customers).next_back().as_deref(), Some("sub_other"));
        assert_eq!(ids(&customers).count(), generated.len() + 1);
    }

    #[test]
    fn customer_with_known_id_and_email_is_found_by_both() {
        let mut customers = CustomerStore::new(None, today()).unwrap();
        customers.find_and_store(CustomerRef { email: Some("a@b"), ..by_id("cus_1") }, today());
        assert_eq!(
            customers.find_by_id_or_email("a@b", today()),
            customers.find_by_id_or_email("cus_1", today())
        );
        let by_email = CustomerRef { id: None, email: Some("a@b"), subscription: None };
        let id = customers.find(by_email, today()).unwrap().subscriptions[0].id.clone();
        customers.change(by_email, &id, today(), |one| one.cancel(today())).unwrap();
        assert!(
            customers.find_by_id_or_email("cus_1", today()).unwrap().subscriptions[0].is_cancelled(),
            "both refer to the same customer"
        );
    }

    #[test]
    fn missing_data_of_a_seed_is_generated() {
        let seed: Seed = serde_json::from_str(
            r#"{"plans": [{"id": "p", "name": "Pro", "amount": 100, "currency": "eur", "interval": "year"}], "customers": [
                {"id": "cus_1", "email": "a@b", "name": "Ada", "subscriptions": ["sub_1",
                    {"id": "sub_2", "plan": "p", "status": "paused", "next_bill": "2026-12-01"}]}]}"#,
        )
        .unwrap();
        let customers = CustomerStore::new(Some(&seed), today()).unwrap();
        let customer = customers.find_by_id_or_email("a@b", today()).unwrap();
        assert_eq!(customers.find_by_id_or_email("cus_1", today()).as_ref(), Some(&customer));
        assert_eq!((customer.name.as_str(), customer.subscriptions.len()), ("Ada", 2));
        assert!(customer.subscriptions.iter().all(|one| one.plan.name == "Pro"));
        assert_eq!(customer.subscriptions[1].resumes_on, Day::parse("2026-12-23"));
        assert_eq!(customers.find_by_id_or_email("cus_2", today()), None);
        for twice in [
            r#"{"customers": [{"id": "c", "subscriptions": ["sub_1", "sub_1"]}]}"#,
            r#"{"customers": [], "plans": [{"id": "sub_1", "name": "A", "amount": 1, "currency": "usd", "interval": "month"},
                {"id": "sub_1", "name": "B", "amount": 2, "currency": "usd", "interval": "month"}]}"#,
        ] {
            let error = CustomerStore::new(Some(&serde_json::from_str(twice).unwrap()), today())
                .unwrap_err()
                .to_string();
            assert!(error.contains("sub_1"), "{error}");
        }
        for (part, reason) in
            [(r#""plan": "q""#, "plan does not exist"), (r#""next_bill": "soon""#, "must be a date")]
        {
            let text =
                format!(r#"{{"customers": [{{"id": "c", "subscriptions": [{{"id": "sub_1", {part}}}]}}]}}"#);
            let error = CustomerStore::new(Some(&serde_json::from_str(&text).unwrap()), today())
                .unwrap_err()
                .to_string();
            assert!(error.contains(reason) && error.contains("sub_1"), "{error}");
        }
    }

    #[test]
    fn number_of_subscriptions_is_limited() {
        let mut customers = CustomerStore::new(None, today()).unwrap();
        for number in 0..200 {
            customers.find_and_store(
                CustomerRef { subscription: Some(&format!("sub_{number}")), ..by_id("cus_1") },
                today(),
            );
        }
        customers
            .find_and_store(CustomerRef { subscription: Some(&"x".repeat(256)), ..by_id("cus_1") }, today());
        let all = customers.find(by_id("cus_1"), today()).unwrap().subscriptions;
        let ids: Vec<_> = all.iter().map(|one| one.id.as_str()).collect();
        assert_eq!((ids.len(), ids[0], ids[49]), (50, "sub_150", "sub_199"));
    }

    #[test]
    fn only_the_latest_email_of_a_customer_is_indexed() {
        let mut customers = CustomerStore::new(None, today()).unwrap();
        for number in 0..100 {
            let email = format!("{number}@example.com");
            customers.find_and_store(CustomerRef { email: Some(&email), ..by_id("cus_1") }, today());
        }
        assert_eq!((customers.index.by_email.len(), customers.index.numbers.len()), (1, 1));
        let customer = customers.find_by_id_or_email("99@example.com", today()).unwrap();
        assert_eq!(customer.id.as_deref(), Some("cus_1"));
    }

    #[test]
    fn oldest_changes_are_evicted_with_their_index_entries() {
        let mut customers = CustomerStore::new(None, today()).unwrap();
        let long = "x".repeat(100_000);
        for number in 0..1000 {
            let id = format!("cus_{number}{long}");
            let customer = CustomerRef { email: Some(&id), subscription: Some("sub_1"), ..by_id(&id) };
            customers.find_and_store(customer, today());
        }
        let stored = customers.changed.end() - customers.changed.first();
        assert!((21..1000).contains(&stored), "{stored}");
        assert_eq!((customers.index.numbers.len(), customers.index.by_email.len()), (stored, stored));
    }
}
