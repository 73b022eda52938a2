//! Fuzz targets, one a file. `cargo test` replays the inputs that are kept in `__fuzz__` and tries random ones for some
//! seconds; `just fuzz` looks for new ones, guided by coverage.

#![expect(
    clippy::expect_used,
    clippy::indexing_slicing,
    clippy::panic,
    reason = "a target says what it expects by failing"
)]

mod answers;
mod base_urls;
mod case_files;
mod names;
mod readings;
mod requests;
mod retry_after;
mod spelling;

use std::time::Duration;

/// How long random inputs are tried for in `cargo test`, unless `BOLERO_RANDOM_TEST_TIME_MS` says otherwise.
const RANDOM: Duration = Duration::from_secs(2);

/// The time alone ends it.
const ITERATIONS: usize = usize::MAX;

/// Longer inputs than this say nothing new.
const LONGEST: usize = 4096;

/// Runs the check on each input of the target that this stands in; the words are what its inputs are likely to hold.
macro_rules! fuzz {
    ($words:expr, $check:expr) => {
        bolero::check!()
            .with_test_time(crate::RANDOM)
            .with_iterations(crate::ITERATIONS)
            .with_max_len(crate::LONGEST)
            .for_each(|input: &[u8]| $check(&crate::spelling::spelled(input, $words)))
    };
}
pub(crate) use fuzz;
