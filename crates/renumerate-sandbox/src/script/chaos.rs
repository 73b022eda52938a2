//! Chaos: random faults instead of sessions, in a reproducible sequence.

use std::sync::Arc;

use super::{RenderedResponse, ResponseTemplate, ScriptResponse};
use crate::case::CaseFile;
use crate::error::SandboxError;

/// Faults, each as a case with one exchange.
const FAULTS: &str = include_str!("../../cases/chaos.json");

/// Options of the random faults: their probability, and the seed of their sequence.
#[derive(Clone, Copy, Debug)]
pub(crate) struct ChaosOptions {
    pub(crate) probability: f64,
    pub(crate) seed: u64,
}

/// Source of random faults.
#[derive(Debug)]
pub(crate) struct Chaos {
    options: ChaosOptions,
    random: fastrand::Rng,
    faults: Vec<(String, Arc<ResponseTemplate>)>,
    played: Vec<u64>,
}

impl Chaos {
    pub(crate) fn new(options: ChaosOptions) -> Result<Self, SandboxError> {
        let ChaosOptions { probability, seed } = options;
        if !(0.0..=1.0).contains(&probability) {
            return Err(SandboxError::InvalidChaosProbability(probability));
        }
        let faults: Vec<_> = CaseFile::parse(FAULTS)?
            .cases
            .into_iter()
            .filter_map(|case| Some((case.name, Arc::new(case.exchanges.into_iter().next()?.answer.into()))))
            .collect();
        let played = vec![0; faults.len()];
        Ok(Self { options, random: fastrand::Rng::with_seed(seed), faults, played })
    }

    /// Returns the fault for the next request; `None` if the request gets no fault.
    pub(crate) fn draw(&mut self) -> Option<ScriptResponse> {
        // Both random numbers are drawn for every request. So the fault that a request can get does not depend on the
        // probability.
        let is_faulty = self.random.f64() < self.options.probability;
        let at = self.random.usize(..self.faults.len());
        let (name, template) = self.faults.get(at).filter(|_| is_faulty)?;
        if let Some(played) = self.played.get_mut(at) {
            *played += 1;
        }
        Some(ScriptResponse { case: name.clone(), response: Ok(RenderedResponse::new(Arc::clone(template))) })
    }

    /// Returns how often each fault was used, with the name of the fault.
    pub(crate) fn counts(&self) -> impl Iterator<Item = (&str, u64)> {
        self.faults.iter().zip(&self.played).map(|((name, _), played)| (name.as_str(), *played))
    }

    /// Starts the sequence of faults from the beginning, and sets the counts to 0.
    pub(crate) fn restart(&mut self) {
        self.random.seed(self.options.seed);
        self.played.fill(0);
    }
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeSet;

    use super::*;

    fn faults(chaos: &mut Chaos, requests: usize) -> Vec<Option<String>> {
        (0..requests).map(|_| chaos.draw().map(|played| played.case)).collect()
    }

    fn chaos(probability: f64, seed: u64) -> Chaos {
        Chaos::new(ChaosOptions { probability, seed }).unwrap()
    }

    #[test]
    fn seed_determines_the_sequence_and_restart_repeats_it() {
        let mut source = chaos(0.3, 7);
        let first = faults(&mut source, 1000);
        assert_eq!(first, faults(&mut chaos(0.3, 7), 1000));
        assert_ne!(first, faults(&mut chaos(0.3, 8), 1000));
        assert_ne!(first, faults(&mut source, 1000));
        source.restart();
        assert_eq!(first, faults(&mut source, 1000));
    }

    #[test]
    fn every_fault_occurs_with_the_given_probability() {
        let mut source = chaos(0.1, 1);
        let drawn: Vec<_> = faults(&mut source, 20_000).into_iter().flatten().collect();
        assert!((1_800..2_200).contains(&drawn.len()), "{}", drawn.len());
        assert_eq!(drawn.iter().collect::<BTreeSet<_>>().len(), 13);
        let played: Vec<_> = source.counts().collect();
        assert_eq!(played.len(), 13);
        for (name, count) in played {
            let seen = drawn.iter().filter(|drawn| *drawn == name).count();
            assert_eq!(count, seen as u64, "{name}");
            assert!(seen > 100, "{name} was played {seen} times");
        }
        assert!(faults(&mut chaos(0.0, 1), 1000).iter().all(Option::is_none));
        assert!(faults(&mut chaos(1.0, 1), 1000).iter().all(Option::is_some));
    }

    #[test]
    fn invalid_probability_is_rejected() {
        for probability in [-0.1, 1.1, f64::NAN, f64::INFINITY] {
            let error = Chaos::new(ChaosOptions { probability, seed: 0 }).unwrap_err().to_string();
            assert!(error.contains("use 0 to 1"), "{error}");
        }
    }
}
