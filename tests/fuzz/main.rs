//! Fuzz targets, one a file. `cargo test` replays the inputs that are kept in `__fuzz__` and tries others, the same ones each
//! time; `just fuzz` looks for new ones, guided by coverage.

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

/// How many inputs are made in `cargo test`. They are the same each time, so that nothing but a change turns it red.
const MADE: u64 = 300;

/// How many new ones bolero makes there, unless `BOLERO_RANDOM_ITERATIONS` says otherwise.
const RANDOM: usize = 0;

/// Longer inputs than this say nothing new.
const LONGEST: usize = 4096;

/// Runs the check on each input of the target that this stands in; the words are what its inputs are likely to hold.
macro_rules! fuzz {
    ($words:expr, $check:expr) => {{
        let check = |input: &[u8]| $check(&crate::spelling::spelled(input, $words));
        if !cfg!(fuzzing) {
            crate::made_inputs().for_each(|input| check(&input));
        }
        bolero::check!().with_iterations(crate::RANDOM).with_max_len(crate::LONGEST).for_each(check)
    }};
}
pub(crate) use fuzz;

/// The longest of them: spelled with words it is ten times as long.
const LONGEST_MADE: usize = 256;

/// Inputs of every length, short ones most often; half of them spell words.
fn made_inputs() -> impl Iterator<Item = Vec<u8>> {
    (0..MADE).map(|seed| {
        let mut random = fastrand::Rng::with_seed(seed);
        let longest = random.usize(1..=LONGEST_MADE);
        let length = random.usize(0..longest);
        std::iter::repeat_with(|| random.u8(..)).take(length).collect()
    })
}

#[test]
fn the_inputs_that_are_made_are_the_same_each_time_and_of_each_kind() {
    let inputs: Vec<_> = made_inputs().collect();
    assert!(made_inputs().eq(inputs.iter().cloned()));
    let words = inputs.iter().filter(|input| input.first().is_some_and(|first| *first >= 0x80)).count();
    assert!((inputs.len() / 3..inputs.len() * 2 / 3).contains(&words), "{words}");
    assert!(inputs.iter().any(|input| input.len() < 16) && inputs.iter().any(|input| input.len() > 200));
}

/// A target whose inputs are gone would replay none, and say so to nobody.
#[test]
fn each_target_has_inputs_that_are_kept() {
    let here = std::path::Path::new(env!("CARGO_MANIFEST_DIR"));
    let files = std::fs::read_dir(here).expect("the targets' folder");
    let names = files.map(|file| file.expect("a file").path()).filter(|file| {
        let source = std::fs::read_to_string(file).unwrap_or_default();
        file.extension().is_some_and(|extension| extension == "rs") && source.contains("\nfn fuzz() {")
    });
    let mut targets = 0;
    for file in names {
        let name = file.file_stem().and_then(|name| name.to_str()).expect("a name");
        let kept = here.join(format!("__fuzz__/{name}__fuzz/corpus"));
        let inputs = std::fs::read_dir(&kept).map_or(0, Iterator::count);
        assert!(inputs > 0, "{} holds no inputs: ./justw fuzz {name}", kept.display());
        targets += 1;
    }
    assert!(targets > 5, "{targets} targets are found");
}
