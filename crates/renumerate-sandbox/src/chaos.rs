//! Random faults in place of sessions: what a client meets on a bad day, in a sequence that a seed fixes.

use std::sync::Arc;

use crate::SandboxError;
use crate::case::CaseFile;
use crate::script::Played;
use crate::step::{Scripted, ToGive};

/// The faults, each as a case of one exchange.
const FAULTS: &str = include_str!("../cases/chaos.json");

/// How often chaos strikes, and from where its sequence goes on.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Setting {
    pub(crate) probability: f64,
    pub(crate) seed: u64,
}

/// A source of faults.
#[derive(Debug)]
pub(crate) struct Chaos {
    setting: Setting,
    random: fastrand::Rng,
    faults: Vec<(String, Arc<Scripted>)>,
    played: Vec<u64>,
}

impl Chaos {
    pub(crate) fn new(setting: Setting) -> Result<Self, SandboxError> {
        let Setting { probability, seed } = setting;
        if !(0.0..=1.0).contains(&probability) {
            return Err(SandboxError::new(format!(
                "the probability of chaos is {probability}, and must be from 0 to 1"
            )));
        }
        let faults: Vec<_> = CaseFile::parse(FAULTS)?
            .cases
            .into_iter()
            .filter_map(|case| Some((case.name, Arc::new(case.exchanges.into_iter().next()?.answer.into()))))
            .collect();
        let played = vec![0; faults.len()];
        Ok(Self { setting, random: fastrand::Rng::with_seed(seed), faults, played })
    }

    /// What strikes the request at hand, if anything does.
    pub(crate) fn strike(&mut self) -> Option<Played> {
        // One draw for each of the two questions, whatever came of the first: the sequence of faults is then the
        // same for every probability that lets them happen.
        let strikes = self.random.f64() < self.setting.probability;
        let at = self.random.usize(..self.faults.len());
        let (name, answer) = self.faults.get(at).filter(|_| strikes)?;
        if let Some(played) = self.played.get_mut(at) {
            *played += 1;
        }
        Some(Played { case: name.clone(), answer: Ok(ToGive::new(Arc::clone(answer))) })
    }

    /// How often each fault was played.
    pub(crate) fn played(&self) -> impl Iterator<Item = (&str, u64)> {
        self.faults.iter().zip(&self.played).map(|((name, _), played)| (name.as_str(), *played))
    }

    /// Begins the sequence, and the counts, anew.
    pub(crate) fn restart(&mut self) {
        self.random.seed(self.setting.seed);
        self.played.fill(0);
    }
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeSet;

    use super::*;

    fn strikes(chaos: &mut Chaos, requests: usize) -> Vec<Option<String>> {
        (0..requests).map(|_| chaos.strike().map(|played| played.case)).collect()
    }

    fn chaos(probability: f64, seed: u64) -> Chaos {
        Chaos::new(Setting { probability, seed }).unwrap()
    }

    #[test]
    fn a_seed_fixes_the_sequence_and_a_restart_begins_it_anew() {
        let mut one = chaos(0.3, 7);
        let first = strikes(&mut one, 1000);
        assert_eq!(first, strikes(&mut chaos(0.3, 7), 1000));
        assert_ne!(first, strikes(&mut chaos(0.3, 8), 1000));
        assert_ne!(first, strikes(&mut one, 1000));
        one.restart();
        assert_eq!(first, strikes(&mut one, 1000));
    }

    #[test]
    fn it_strikes_as_often_as_it_is_told_to_with_every_fault() {
        let mut one = chaos(0.1, 1);
        let struck: Vec<_> = strikes(&mut one, 20_000).into_iter().flatten().collect();
        assert!((1_800..2_200).contains(&struck.len()), "{}", struck.len());
        assert_eq!(struck.iter().collect::<BTreeSet<_>>().len(), 13);
        let played: Vec<_> = one.played().collect();
        assert_eq!(played.len(), 13);
        for (name, count) in played {
            let seen = struck.iter().filter(|struck| *struck == name).count();
            assert_eq!(count, seen as u64, "{name}");
            assert!(seen > 100, "{name} was played {seen} times");
        }
        assert!(strikes(&mut chaos(0.0, 1), 1000).iter().all(Option::is_none));
        assert!(strikes(&mut chaos(1.0, 1), 1000).iter().all(Option::is_some));
    }

    #[test]
    fn what_is_no_probability_is_refused() {
        for probability in [-0.1, 1.1, f64::NAN, f64::INFINITY] {
            let error = Chaos::new(Setting { probability, seed: 0 }).unwrap_err().to_string();
            assert!(error.contains("from 0 to 1"), "{error}");
        }
    }
}
