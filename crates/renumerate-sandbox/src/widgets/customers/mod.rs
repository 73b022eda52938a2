//! Store of the customers and of the changes to customers. The customers come from the seed. If there is no seed, the
//! store generates a customer for each id or e-mail address.

mod customer_ref;
#[cfg(test)]
mod tests;

use std::collections::{BTreeSet, HashMap};

use super::customer::{CustomerRecord, SubscriptionRecord};
use super::day::Day;
use super::generate::generate_customer;
use super::seeded::seeded_customer;
use crate::domain::{Plan, Seed};
use crate::error::SandboxError;
use crate::state::{BoundedStore, Size};

pub(crate) use customer_ref::CustomerRef;

/// Maximum number of stored customers.
const MAX_CUSTOMERS: usize = 10_000;

/// Maximum size of the stored customers in bytes.
const MAX_BYTES: usize = 8 * 1024 * 1024;

/// Number of subscriptions at which an added subscription replaces the oldest subscription of a customer. The number is
/// limited, because one page shows all subscriptions.
const MAX_SUBSCRIPTIONS: usize = 50;

/// Maximum length of the id of a subscription that is added to a customer. Stripe has the same limit.
const ID_MAX_BYTES: usize = 255;

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
        let change = |record: &mut CustomerRecord| {
            record.subscriptions.iter_mut().find(|known| known.id == subscription).map(change)
        };
        self.change_customer(customer, today, change).flatten()
    }

    /// Changes a customer, and returns the result of `change`. Returns `None` if the customer does not exist.
    pub(crate) fn change_customer<T>(
        &mut self,
        customer: CustomerRef<'_>,
        today: Day,
        change: impl FnOnce(&mut CustomerRecord) -> T,
    ) -> Option<T> {
        let (key, mut record) = self.look_up(customer, today)?;
        let changed = change(&mut record);
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
            Some(seeded) => Some(seeded.iter().find(|record| customer.names(record))?),
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
