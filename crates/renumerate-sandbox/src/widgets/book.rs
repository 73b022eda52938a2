//! The book of customers: those of the seed, or any; and what has become of them.

use std::collections::{BTreeSet, HashMap, VecDeque};

use super::customer::{CustomerRecord, SubscriptionRecord};
use super::day::Day;
use super::invented::invented;
use crate::SandboxError;
use crate::mint::SessionRecord;
use crate::plan::Plan;
use crate::seed::{Seed, SeedCustomer, SeedSubscription, Status};

/// How many customers are remembered that are no longer what they were; a sandbox may run for days.
const REMEMBERED: usize = 10_000;

/// How large these may be together, in bytes.
const REMEMBERED_BYTES: usize = 8 * 1024 * 1024;

/// How many subscriptions a customer has whom no seed describes: a page shows all.
const SUBSCRIPTIONS: usize = 50;

/// The longest id by which a subscription is added to what a customer has, as Stripe limits its ids.
const ID_MAX_BYTES: usize = 255;

/// Who is meant: by id, by e-mail or by both.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Who<'a> {
    pub(crate) id: Option<&'a str>,
    pub(crate) email: Option<&'a str>,
    /// A subscription that the customer has, as somebody says who must know.
    pub(crate) subscription: Option<&'a str>,
}

impl<'a> From<&'a SessionRecord> for Who<'a> {
    fn from(session: &'a SessionRecord) -> Self {
        let SessionRecord { customer_id, customer_email, subscription_id, .. } = session;
        Self {
            id: customer_id.as_deref(),
            email: customer_email.as_deref(),
            subscription: subscription_id.as_deref(),
        }
    }
}

#[derive(Debug, Default)]
pub(crate) struct Book {
    plans: Vec<Plan>,
    /// The only customers that there are, as they were at the start.
    seeded: Option<Vec<CustomerRecord>>,
    /// Those that are no longer what they were.
    changed: HashMap<String, CustomerRecord>,
    /// The keys of those among them who have an e-mail, by that.
    by_email: HashMap<String, String>,
    order: VecDeque<String>,
    bytes: usize,
}

impl Book {
    pub(crate) fn new(seed: Option<&Seed>, today: Day) -> Result<Self, SandboxError> {
        let plans =
            seed.map(|seed| seed.plans.clone()).filter(|plans| !plans.is_empty()).unwrap_or_else(Plan::usual);
        let mut ids = BTreeSet::new();
        if let Some(plan) = plans.iter().find(|plan| !ids.insert(plan.id.as_str())) {
            return Err(SandboxError::new(format!("the seed has two plans of the id {}", plan.id)));
        }
        let seeded = seed
            .map(|seed| seed.customers.iter().map(|customer| seeded(customer, &plans, today)).collect())
            .transpose()?;
        drop(ids);
        Ok(Self { plans, seeded, ..Self::default() })
    }

    pub(crate) fn plans(&self) -> &[Plan] {
        &self.plans
    }

    /// All customers are what they were at the start.
    pub(crate) fn reset(&mut self) {
        (self.changed, self.by_email) = (HashMap::new(), HashMap::new());
        (self.order, self.bytes) = (VecDeque::new(), 0);
    }

    /// The customer as of today; `None` where a seed has no such customer.
    pub(crate) fn find(&self, who: Who<'_>, today: Day) -> Option<CustomerRecord> {
        self.look_up(who, today).map(|(_, customer)| customer)
    }

    /// The customer of this id or e-mail.
    pub(crate) fn find_by(&self, id_or_email: &str, today: Day) -> Option<CustomerRecord> {
        let id = Who { id: Some(id_or_email), email: None, subscription: None };
        let email = Who { id: None, email: Some(id_or_email), subscription: None };
        if self.seeded.is_some() {
            return self.find(id, today).or_else(|| self.find(email, today));
        }
        self.find(if id_or_email.contains('@') { email } else { id }, today)
    }

    /// Changes a subscription of the customer; `None` where there is no such.
    pub(crate) fn change<T>(
        &mut self,
        who: Who<'_>,
        subscription: &str,
        today: Day,
        change: impl FnOnce(&mut SubscriptionRecord) -> T,
    ) -> Option<T> {
        let (key, mut customer) = self.look_up(who, today)?;
        let subscription = customer.subscriptions.iter_mut().find(|known| known.id == subscription)?;
        let changed = change(subscription);
        self.remember(key, customer, who.email);
        Some(changed)
    }

    /// Takes down which customer it is, with the subscription that was named.
    pub(crate) fn enter(&mut self, who: Who<'_>, today: Day) -> Option<CustomerRecord> {
        let (key, customer) = self.look_up(who, today)?;
        // What can be invented again need not be remembered.
        if who.subscription.is_some() || who.id.is_some() && who.email.is_some() {
            self.remember(key, customer.clone(), who.email);
        }
        Some(customer)
    }

    fn look_up(&self, who: Who<'_>, today: Day) -> Option<(String, CustomerRecord)> {
        let first = match &self.seeded {
            Some(seeded) => Some(seeded.iter().find(|customer| is_meant(customer, who))?),
            None => None,
        };
        let key = match first {
            Some(customer) => customer.id.as_deref().or(customer.email.as_deref()),
            // One who was named by both is known by the id.
            None => who
                .id
                .or_else(|| who.email.map(|email| self.by_email.get(email).map_or(email, String::as_str))),
        }?;
        let changed = self.changed.get(key);
        let mut customer = match changed.or(first) {
            Some(customer) => customer.clone(),
            None => invented(who.id, who.email, &self.plans, today),
        };
        let named = who.subscription.filter(|named| named.len() <= ID_MAX_BYTES);
        if let Some(named) = named.filter(|named| customer.subscription(named).is_none()) {
            match customer.subscriptions.first_mut() {
                // An invented one has the name that it should have had.
                Some(invented) if changed.is_none() && first.is_none() => named.clone_into(&mut invented.id),
                _ => self.add(named, &mut customer.subscriptions, today),
            }
        }
        customer.subscriptions.iter_mut().for_each(|subscription| subscription.pass_time(today));
        Some((key.to_owned(), customer))
    }

    /// A subscription that nobody has described. Of many the oldest goes.
    fn add(&self, named: &str, subscriptions: &mut Vec<SubscriptionRecord>, today: Day) {
        if subscriptions.len() >= SUBSCRIPTIONS {
            subscriptions.remove(0);
        }
        subscriptions.extend(
            self.plans
                .first()
                .map(|plan| SubscriptionRecord::active(named.to_owned(), plan.clone(), today.plus_months(1))),
        );
    }

    fn remember(&mut self, key: String, customer: CustomerRecord, email: Option<&str>) {
        self.bytes += key.len() + customer.bytes();
        if let Some(email) = email {
            self.by_email.insert(email.to_owned(), key.clone());
        }
        match self.changed.insert(key.clone(), customer) {
            Some(before) => self.bytes -= key.len() + before.bytes(),
            None => self.order.push_back(key),
        }
        while self.order.len() > REMEMBERED || self.bytes > REMEMBERED_BYTES {
            let Some(oldest) = self.order.pop_front() else { break };
            let Some(customer) = self.changed.remove(&oldest) else { continue };
            self.bytes -= oldest.len() + customer.bytes();
            if let Some(email) = customer.email.filter(|email| self.by_email.get(email) == Some(&oldest)) {
                self.by_email.remove(&email);
            }
        }
    }
}

/// As the session endpoints find a customer: by the id, or by the e-mail where there is no id.
fn is_meant(customer: &CustomerRecord, who: Who<'_>) -> bool {
    match (who.id, who.email) {
        (Some(id), _) => customer.id.as_deref() == Some(id),
        (None, email) => email.is_some() && customer.email.as_deref() == email,
    }
}

/// A customer of the seed, with what it leaves open invented.
fn seeded(customer: &SeedCustomer, plans: &[Plan], today: Day) -> Result<CustomerRecord, SandboxError> {
    let invented = invented(customer.id.as_deref(), customer.email.as_deref(), plans, today);
    let usual = invented.subscriptions.first();
    let mut ids = BTreeSet::new();
    if let Some(twice) = customer.subscriptions.iter().find(|seed| !ids.insert(seed.id.as_str())) {
        return Err(SandboxError::new(format!("the seed's subscription {} is there twice", twice.id)));
    }
    let subscriptions = customer.subscriptions.iter().map(|seed| subscription(seed, usual, plans, today));
    Ok(CustomerRecord {
        id: customer.id.clone(),
        email: customer.email.clone(),
        name: customer.name.clone().unwrap_or(invented.name),
        subscriptions: subscriptions.collect::<Result<_, _>>()?,
    })
}

fn subscription(
    seed: &SeedSubscription,
    usual: Option<&SubscriptionRecord>,
    plans: &[Plan],
    today: Day,
) -> Result<SubscriptionRecord, SandboxError> {
    let wrong = |what: &str| SandboxError::new(format!("the seed's subscription {}: {what}", seed.id));
    let plan = match &seed.plan {
        Some(id) => plans.iter().find(|plan| plan.id == *id).ok_or_else(|| wrong("there is no such plan"))?,
        None => usual.map(|usual| &usual.plan).ok_or_else(|| wrong("there is no plan"))?,
    };
    let next_bill = match &seed.next_bill {
        Some(text) => Day::parse(text).ok_or_else(|| wrong("next_bill must be a day, as 2026-12-01"))?,
        None => usual.and_then(|usual| usual.next_bill).unwrap_or(today),
    };
    let mut subscription = SubscriptionRecord::active(seed.id.clone(), plan.clone(), next_bill);
    subscription.pass_time(today);
    match seed.status {
        Status::Active => {}
        Status::Paused => subscription.pause(1, today),
        Status::Cancelled => subscription.cancel(today),
    }
    Ok(subscription)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn today() -> Day {
        Day::parse("2026-11-23").unwrap()
    }

    fn by_id(id: &str) -> Who<'_> {
        Who { id: Some(id), email: None, subscription: None }
    }

    #[test]
    fn what_was_done_is_seen_until_the_reset() {
        let mut book = Book::new(None, today()).unwrap();
        let before = book.find(by_id("cus_1"), today()).unwrap();
        let id = before.subscriptions[0].id.clone();
        assert!(book.change(by_id("cus_1"), &id, today(), |one| one.cancel(today())).is_some());
        assert!(book.find_by("cus_1", today()).unwrap().subscriptions[0].is_cancelled());
        assert!(book.change(by_id("cus_1"), "sub_other", today(), |_| ()).is_none());
        book.reset();
        assert_eq!(book.find(by_id("cus_1"), today()), Some(before));
    }

    #[test]
    fn a_subscription_that_is_named_is_the_customers() {
        let mut book = Book::new(None, today()).unwrap();
        let named = Who { subscription: Some("sub_named"), ..by_id("cus_1") };
        let invented = book.find(by_id("cus_1"), today()).unwrap().subscriptions;
        let entered = book.enter(named, today()).unwrap().subscriptions;
        assert_eq!((entered[0].id.as_str(), &entered[0].plan), ("sub_named", &invented[0].plan));
        assert_eq!(entered.len(), invented.len());
        book.enter(Who { subscription: Some("sub_other"), ..named }, today());
        let ids = |book: &Book| {
            book.find(by_id("cus_1"), today()).unwrap().subscriptions.into_iter().map(|one| one.id)
        };
        assert_eq!(ids(&book).next_back().as_deref(), Some("sub_other"));
        assert_eq!(ids(&book).count(), invented.len() + 1);
    }

    #[test]
    fn one_who_was_named_by_id_and_email_is_found_by_both() {
        let mut book = Book::new(None, today()).unwrap();
        book.enter(Who { email: Some("a@b"), ..by_id("cus_1") }, today());
        assert_eq!(book.find_by("a@b", today()), book.find_by("cus_1", today()));
        let by_email = Who { id: None, email: Some("a@b"), subscription: None };
        let id = book.find(by_email, today()).unwrap().subscriptions[0].id.clone();
        book.change(by_email, &id, today(), |one| one.cancel(today())).unwrap();
        assert!(book.find_by("cus_1", today()).unwrap().subscriptions[0].is_cancelled(), "they are one");
    }

    #[test]
    fn a_seed_says_what_there_is_and_the_rest_is_invented() {
        let seed: Seed = serde_json::from_str(
            r#"{"plans": [{"id": "p", "name": "Pro", "amount": 100, "currency": "eur", "interval": "year"}], "customers": [
                {"id": "cus_1", "email": "a@b", "name": "Ada", "subscriptions": ["sub_1",
                    {"id": "sub_2", "plan": "p", "status": "paused", "next_bill": "2026-12-01"}]}]}"#,
        )
        .unwrap();
        let book = Book::new(Some(&seed), today()).unwrap();
        let customer = book.find_by("a@b", today()).unwrap();
        assert_eq!(book.find_by("cus_1", today()).as_ref(), Some(&customer));
        assert_eq!((customer.name.as_str(), customer.subscriptions.len()), ("Ada", 2));
        assert!(customer.subscriptions.iter().all(|one| one.plan.name == "Pro"));
        assert_eq!(customer.subscriptions[1].resumes_on, Day::parse("2026-12-23"));
        assert_eq!(book.find_by("cus_2", today()), None);
        for twice in [
            r#"{"customers": [{"id": "c", "subscriptions": ["sub_1", "sub_1"]}]}"#,
            r#"{"customers": [], "plans": [{"id": "sub_1", "name": "A", "amount": 1, "currency": "usd", "interval": "month"},
                {"id": "sub_1", "name": "B", "amount": 2, "currency": "usd", "interval": "month"}]}"#,
        ] {
            let error =
                Book::new(Some(&serde_json::from_str(twice).unwrap()), today()).unwrap_err().to_string();
            assert!(error.contains("sub_1"), "{error}");
        }
        for (part, reason) in
            [(r#""plan": "q""#, "no such plan"), (r#""next_bill": "soon""#, "must be a day")]
        {
            let text =
                format!(r#"{{"customers": [{{"id": "c", "subscriptions": [{{"id": "sub_1", {part}}}]}}]}}"#);
            let error =
                Book::new(Some(&serde_json::from_str(&text).unwrap()), today()).unwrap_err().to_string();
            assert!(error.contains(reason) && error.contains("sub_1"), "{error}");
        }
    }

    #[test]
    fn a_customer_has_no_more_subscriptions_than_a_page_shows() {
        let mut book = Book::new(None, today()).unwrap();
        for number in 0..200 {
            book.enter(Who { subscription: Some(&format!("sub_{number}")), ..by_id("cus_1") }, today());
        }
        book.enter(Who { subscription: Some(&"x".repeat(256)), ..by_id("cus_1") }, today());
        let all = book.find(by_id("cus_1"), today()).unwrap().subscriptions;
        let ids: Vec<_> = all.iter().map(|one| one.id.as_str()).collect();
        assert_eq!((ids.len(), ids[0], ids[49]), (50, "sub_150", "sub_199"));
    }

    #[test]
    fn the_oldest_changes_are_forgotten() {
        let mut book = Book::new(None, today()).unwrap();
        let long = "x".repeat(100_000);
        for number in 0..1000 {
            let id = format!("cus_{number}{long}");
            book.enter(Who { email: Some(&id), subscription: Some("sub_1"), ..by_id(&id) }, today());
        }
        let all: usize = book.changed.iter().map(|(key, customer)| key.len() + customer.bytes()).sum();
        assert_eq!(book.bytes, all);
        assert_eq!(book.by_email.len(), book.changed.len());
        assert!(all <= REMEMBERED_BYTES && book.changed.len() > 20 && book.order.len() == book.changed.len());
    }
}
