//! Limit of the number of calls that a client makes at the same time.

use std::sync::{Arc, OnceLock};
use std::time::Duration;

use tokio::sync::{Semaphore, SemaphorePermit};
use tokio::time::timeout;

use crate::error::{Error, Name, Result, TimeoutScope};

/// The slots of a client's calls. A call needs a slot for as long as it may have an open connection. If all slots are
/// taken, further calls wait in order.
#[derive(Debug)]
pub(crate) struct CallSlots {
    slots: Semaphore,
    count: u32,
}

impl CallSlots {
    pub(crate) fn new(count: u32) -> Self {
        Self { slots: Semaphore::new(usize::try_from(count).unwrap_or(usize::MAX)), count }
    }

    /// Returns a slot if one is free and no call waits for it.
    pub(crate) fn try_acquire(&self) -> Option<SemaphorePermit<'_>> {
        self.slots.try_acquire().ok()
    }

    /// Waits for a slot. Dropping the slot makes it free again.
    ///
    /// # Errors
    ///
    /// A timeout error if no slot becomes free within `limit`, which is the timeout of the whole call.
    pub(crate) async fn acquire(&self, limit: Duration) -> Result<SemaphorePermit<'_>> {
        match timeout(limit, self.slots.acquire()).await {
            Ok(Ok(slot)) => Ok(slot),
            Ok(Err(_)) => Err(Error::internal("the slots of the calls are closed")),
            Err(_) => {
                let is_reached = Name("max_connections") + format!(" is {}", self.count);
                let hint = is_reached + ", and all were in use; raise it, or make fewer calls at once";
                Err(Error::timeout(TimeoutScope::Total, limit, None).with_retryable(true).with_hint(hint))
            }
        }
    }
}

/// Slots that several clients share, because they are parts of one public client. The first client creates them.
#[derive(Clone, Debug, Default)]
pub(crate) struct SharedSlots(Arc<OnceLock<Arc<CallSlots>>>);

impl SharedSlots {
    pub(crate) fn get(&self, count: u32) -> Arc<CallSlots> {
        Arc::clone(self.0.get_or_init(|| Arc::new(CallSlots::new(count))))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Rules: S20, E10
    #[tokio::test(start_paused = true)]
    async fn waiting_call_gets_a_free_slot_or_times_out_with_a_hint() {
        let slots = CallSlots::new(1);
        let first = slots.try_acquire().unwrap();
        assert!(slots.try_acquire().is_none());
        let error = slots.acquire(Duration::from_secs(25)).await.unwrap_err();
        assert_eq!((error.timeout_scope(), error.retryable()), (Some(TimeoutScope::Total), true));
        assert!(error.to_string().contains("max_connections"), "{error}");
        let (second, ()) = tokio::join!(slots.acquire(Duration::from_secs(25)), async { drop(first) });
        assert!(second.is_ok() && slots.try_acquire().is_none());
    }
}
