//! Retry policy without I/O: retry decisions, the token bucket, and the deadlines of a call.

mod deadline;
mod policy;
mod retry_after;
mod token_bucket;

pub(crate) use deadline::{Deadline, Limits};
pub(crate) use policy::{
    FailedAttempt, FailureClass, RetryDecision, RetryState, decide, is_retryable_status,
};
pub(crate) use retry_after::retry_after;
pub(crate) use token_bucket::TokenBucket;
