//! Mutated expectations: the comparison must notice every one of them.

use std::path::Path;

use renumerate_sandbox::MutatedCase;

use crate::compare;
use crate::driver::Driver;
use crate::play::play;
use crate::scenario::Scenario;

/// Plays a scenario, and returns each mutated expectation that the comparison does not notice.
pub(crate) async fn unnoticed(
    driver: &mut Driver,
    scenario: &Scenario,
    files: &Path,
) -> Result<Vec<String>, String> {
    let names = driver.flavor().names;
    let (played, seen) = play(driver, scenario, files).await?;
    let mutations = |scenario: &Scenario| scenario.case.mutations().map_err(|error| error.to_string());
    let mut unnoticed = Vec::new();
    // The same mutations in the same order, with placeholders and without.
    for (original, MutatedCase { what, case }) in mutations(scenario)?.into_iter().zip(mutations(&played)?) {
        let mut mutated = Scenario { case, ..played.clone() };
        let mut observation = seen.clone();
        if what.contains("/request/") && !what.ends_with("/min_gap_ms") {
            // The sandbox compares requests, so it has to play the mutated case.
            let unplayed = Scenario { case: original.case, ..scenario.clone() };
            (mutated, observation) = play(driver, &unplayed, files).await?;
        }
        let is_tolerated = mutated.one_more_attempt && what.ends_with("/attempts");
        if !is_tolerated && compare::differences(&mutated, &observation, names).is_empty() {
            unnoticed.push(format!("mutation of {what} is not noticed"));
        }
    }
    Ok(unnoticed)
}
