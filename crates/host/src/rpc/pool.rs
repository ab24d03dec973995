//! Several providers of one kind: failover, bounded retries, jittered back-off.

use std::{
    sync::Arc,
    time::{Duration, Instant},
};

use super::{Endpoint, pacing::backoff};
use crate::{HostError, Limits, error::Retry};

/// Interchangeable providers, the preferred first.
#[derive(Debug)]
pub(crate) struct Pool {
    kind: &'static str,
    endpoints: Vec<Arc<Endpoint>>,
    limits: Limits,
}

impl Pool {
    pub(crate) fn new(
        kind: &'static str,
        urls: &[String],
        limits: &Limits,
    ) -> Result<Self, HostError> {
        let endpoints = urls
            .iter()
            .map(|url| Endpoint::new(url, limits).map(Arc::new))
            .collect::<Result<_, _>>()?;
        Ok(Self {
            kind,
            endpoints,
            limits: limits.clone(),
        })
    }

    pub(crate) const fn is_empty(&self) -> bool {
        self.endpoints.is_empty()
    }

    /// The providers in the order to ask them now.
    fn order(&self) -> Vec<&Endpoint> {
        let mut order: Vec<&Endpoint> = self.endpoints.iter().map(AsRef::as_ref).collect();
        order.sort_by_key(|endpoint| endpoint.is_demoted());
        order
    }

    /// Asks one provider after the other until one gives an answer that `ask` accepts.
    ///
    /// When none does, the round is repeated after a pause for as long as an error says that asking
    /// again may help, and the limits allow.
    pub(crate) async fn first<T>(
        &self,
        what: &str,
        ask: impl AsyncFn(&Endpoint) -> Result<T, HostError>,
    ) -> Result<T, HostError> {
        if self.is_empty() {
            return Err(HostError::NoProvider(self.kind));
        }
        let started = Instant::now();
        let mut round = 0;
        loop {
            let mut errors = Vec::new();
            for endpoint in self.order() {
                match ask(endpoint).await {
                    Ok(answer) => return Ok(answer),
                    Err(error) => {
                        self.judge(endpoint, what, &error);
                        errors.push(error);
                    }
                }
            }
            round += 1;
            let rounds = match errors.iter().map(HostError::retry).max() {
                Some(Retry::Patiently) => self.limits.rounds,
                Some(Retry::Briefly) => self.limits.brief_rounds,
                Some(Retry::Never) | None => 1,
            };
            let pause = self.pause(round, &errors);
            if round >= rounds || started.elapsed() + pause > self.limits.deadline {
                return Err(match <[HostError; 1]>::try_from(errors) {
                    Ok([only]) if round == 1 => only,
                    Ok(errors) => exhausted(what, round, errors.into()),
                    Err(errors) => exhausted(what, round, errors),
                });
            }
            tokio::time::sleep(pause).await;
        }
    }

    /// Asks every provider once, in turn, until `ask` says that it is enough. Errors are logged and the
    /// last one returned if nobody was asked with success.
    pub(crate) async fn each(
        &self,
        what: &str,
        ask: impl AsyncFn(&Endpoint) -> Result<bool, HostError>,
    ) -> Result<(), HostError> {
        let mut outcome = Err(HostError::NoProvider(self.kind));
        for endpoint in self.order() {
            match ask(endpoint).await {
                Ok(true) => return Ok(()),
                Ok(false) => outcome = Ok(()),
                Err(error) => {
                    self.judge(endpoint, what, &error);
                    if outcome.is_err() {
                        outcome = Err(error);
                    }
                }
            }
        }
        outcome
    }

    fn judge(&self, endpoint: &Endpoint, what: &str, error: &HostError) {
        if error.is_lie() {
            tracing::warn!(provider = endpoint.label(), what, %error, "provider gave a wrong answer");
        } else {
            tracing::debug!(provider = endpoint.label(), what, %error, "provider failed");
        }
        if error.is_lie() || error.retry() == Retry::Patiently {
            endpoint.demote(self.limits.demotion);
        }
    }

    fn pause(&self, round: u32, errors: &[HostError]) -> Duration {
        let asked_for = errors
            .iter()
            .filter_map(|error| match error {
                HostError::RateLimited { retry_after, .. } => *retry_after,
                _ => None,
            })
            .min()
            .unwrap_or_default();
        backoff(self.limits.backoff, self.limits.max_backoff, round - 1).max(asked_for)
    }
}

fn exhausted(what: &str, rounds: u32, errors: Vec<HostError>) -> HostError {
    HostError::Exhausted {
        what: what.into(),
        rounds,
        errors,
    }
}
