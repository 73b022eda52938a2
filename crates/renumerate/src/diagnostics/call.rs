//! One call, as the client makes it, and what its answer says of the key.

use std::time::{Duration, SystemTime};

use bytes::Bytes;
use tokio::time::Instant;

use super::clock::Clock;
use super::setup::DiagnosticContext;
use crate::call::SendOnce;
use crate::config::Config;
use crate::error::{Error, ErrorKind, Result};
use crate::model::{RETENTION, Retention, RetentionSessionRequest, SessionRequest};
use crate::protocol::{self, RawResponse, hints};
use crate::retry::Limits;
use crate::tls::{self, ExtraRoots};
use crate::transport::Transport;

/// What became of the call.
#[derive(Debug)]
pub struct CallReport {
    /// The status of the answer, where one came.
    pub status: Option<u16>,
    /// The service's own id of the request.
    pub request_id: Option<String>,
    /// What it means.
    pub verdict: Verdict,
    /// The service's clock, where it told it.
    pub clock: Option<Clock>,
    /// How long the call took.
    pub elapsed: Duration,
}

/// What an answer means.
#[derive(Debug)]
pub enum Verdict {
    /// A session was minted for the customer who was named.
    Minted,
    /// A session was minted though no customer was named: a stub does so, the service does not.
    MintedForNobody,
    /// The request without a customer was refused as it should be, and the same with a made-up key for its key: so the
    /// service has looked at the key, and taken it.
    KeyAccepted {
        /// How the made-up key was refused.
        made_up: u16,
    },
    /// It was refused, but a made-up key fared no worse: this says nothing of the key.
    Inconclusive {
        /// The service's words.
        words: String,
    },
    /// The call failed.
    Failed(Error),
}

/// One answer, and when it came.
struct Exchange {
    answered: Result<RawResponse>,
    took: Duration,
}

impl DiagnosticContext {
    /// Makes one call: for this customer, or for none, which the service must refuse, so that nothing is minted.
    pub async fn call(&self, request: Option<&RetentionSessionRequest>) -> CallReport {
        let parameters = request.map(SessionRequest::parameters);
        let parameters = parameters.as_ref().map_or(&[][..], |parameters| parameters.as_slice());
        let Exchange { answered, took } = exchange(&self.config, &self.extra_roots, parameters).await;
        let answer = match answered {
            Ok(answer) => answer,
            Err(error) => {
                let verdict = Verdict::Failed(error);
                return CallReport { status: None, request_id: None, verdict, clock: None, elapsed: took };
            }
        };
        let key = &self.config.key;
        let verdict = match protocol::decode::<Retention>(&answer, key, SystemTime::now) {
            Ok(_) if request.is_some() => Verdict::Minted,
            Ok(_) => Verdict::MintedForNobody,
            Err(error) if request.is_none() && error.kind() == ErrorKind::BadRequest => {
                self.compare(&error).await
            }
            Err(error) => Verdict::Failed(hints(error, parameters, key)),
        };
        CallReport {
            status: Some(answer.status),
            request_id: answer.request_id(key),
            verdict,
            clock: Clock::read(&answer.headers, took),
            elapsed: took,
        }
    }

    /// What a made-up key is answered in the same place: nothing says whether a service looks at the key or at the
    /// request first.
    async fn compare(&self, refusal: &Error) -> Verdict {
        let untried = || Verdict::Inconclusive { words: refusal.message().to_owned() };
        let Ok(config) = self.with_made_up_key() else { return untried() };
        match exchange(&config, &self.extra_roots, &[]).await.answered {
            Ok(answer) if matches!(answer.status, 401 | 403) => {
                Verdict::KeyAccepted { made_up: answer.status }
            }
            _ => untried(),
        }
    }
}

/// One attempt on a connection of its own.
async fn exchange(
    config: &Config,
    extra_roots: &ExtraRoots,
    parameters: &[(&'static str, Option<&str>)],
) -> Exchange {
    let begun = Instant::now();
    let answered = send(config, extra_roots, parameters).await;
    Exchange { answered, took: begun.elapsed() }
}

async fn send(
    config: &Config,
    extra_roots: &ExtraRoots,
    parameters: &[(&'static str, Option<&str>)],
) -> Result<RawResponse> {
    let limits = Limits { total: config.timeout, attempt: config.attempt_timeout, max_retries: 0 };
    let transport = Transport::new(config, tls::client_config(extra_roots)?)?;
    let body = Bytes::from(protocol::encode(&RETENTION, parameters)?);
    let url = &config.endpoints.of(&RETENTION).url;
    transport.send_once(url, body, limits.deadline(Duration::ZERO)).await.map_err(|failure| failure.error)
}
