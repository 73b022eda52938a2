//! One call, as the client makes it, and what its answer says of the key.

use std::time::{Duration, SystemTime};

use hyper::body::Bytes;
use tokio::time::Instant;

use super::clock::Clock;
use super::setup::Setup;
use crate::RetentionSessionRequest;
use crate::answer::RawAnswer;
use crate::attempts::{Deadline, Limits, deadline};
use crate::config::Config;
use crate::error::{Error, ErrorKind, Result};
use crate::hints::hints;
use crate::model::{Retention, SessionRequest};
use crate::tls;
use crate::transport::Transport;
use crate::wire::{self, RETENTION};

/// What became of the call.
#[derive(Debug)]
pub struct Answered {
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
    KeyTaken {
        /// How the made-up key was refused.
        made_up: u16,
    },
    /// It was refused, but a made-up key fared no worse: this says nothing of the key.
    KeyUntried {
        /// The service's words.
        words: String,
    },
    /// The call failed.
    Failed(Error),
}

/// One answer, and when it came.
struct Exchange {
    answered: Result<RawAnswer>,
    took: Duration,
}

impl Setup {
    /// Makes one call: for this customer, or for none, which the service must refuse, so that nothing is minted.
    pub async fn call(&self, request: Option<&RetentionSessionRequest>) -> Answered {
        let parameters = request.map(SessionRequest::parameters);
        let parameters = parameters.as_ref().map_or(&[][..], |parameters| parameters.as_slice());
        let Exchange { answered, took } = exchange(&self.config, parameters).await;
        let answer = match answered {
            Ok(answer) => answer,
            Err(error) => {
                let verdict = Verdict::Failed(error);
                return Answered { status: None, request_id: None, verdict, clock: None, elapsed: took };
            }
        };
        let key = &self.config.key;
        let verdict = match wire::decode::<Retention>(&answer, key, SystemTime::now) {
            Ok(_) if request.is_some() => Verdict::Minted,
            Ok(_) => Verdict::MintedForNobody,
            Err(error) if request.is_none() && error.kind() == ErrorKind::BadRequest => {
                self.compare(&error).await
            }
            Err(error) => Verdict::Failed(hints(error, parameters, key)),
        };
        Answered {
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
        let untried = || Verdict::KeyUntried { words: refusal.message().to_owned() };
        let Ok(config) = self.with_made_up_key() else { return untried() };
        match exchange(&config, &[]).await.answered {
            Ok(answer) if matches!(answer.status, 401 | 403) => Verdict::KeyTaken { made_up: answer.status },
            _ => untried(),
        }
    }
}

/// One attempt on a connection of its own.
async fn exchange(config: &Config, parameters: &[(&'static str, Option<&str>)]) -> Exchange {
    let begun = Instant::now();
    let limits = Limits { total: config.timeout, attempt: config.attempt_timeout, max_retries: 0 };
    let until = deadline(limits, begun, begun + config.timeout);
    let answered = send(config, parameters, until).await;
    Exchange { answered, took: begun.elapsed() }
}

async fn send(
    config: &Config,
    parameters: &[(&'static str, Option<&str>)],
    until: Deadline,
) -> Result<RawAnswer> {
    let transport = Transport::new(config, tls::client_config(&config.extra_roots)?)?;
    let body = Bytes::from(wire::encode(&RETENTION, parameters)?);
    let url = config.routes.of(&RETENTION).url.clone();
    transport.exchange(url, body, until.at).await.map_err(|failure| failure.into_error(config, until))
}
