//! Fuzz targets, one per file. `cargo test` replays the corpus in `__fuzz__` and tries generated inputs, which are the
//! same in each run. `./justw fuzz` searches for new inputs, guided by coverage.

#![expect(
    clippy::expect_used,
    clippy::indexing_slicing,
    clippy::panic,
    reason = "a fuzz target reports a bug by panicking"
)]

mod base_urls;
mod case_files;
mod names;
mod requests;
mod responses;
mod retry_after;
mod unescape;
mod words;

/// Number of inputs that `cargo test` generates. They are the same in each run, so that only a change can fail a test.
const GENERATED: u64 = 300;

/// Number of random inputs that bolero adds in `cargo test`, unless `BOLERO_RANDOM_ITERATIONS` is set.
const RANDOM: usize = 0;

/// Maximum length of an input in bytes.
const MAX_LENGTH: usize = 4096;

/// Runs the check on each input of the calling fuzz target. `words` are likely parts of an input.
macro_rules! fuzz {
    ($words:expr, $check:expr) => {{
        let check = |input: &[u8]| $check(&crate::words::expand(input, $words));
        if !cfg!(fuzzing) {
            crate::generated_inputs().for_each(|input| check(&input));
        }
        bolero::check!().with_iterations(crate::RANDOM).with_max_len(crate::MAX_LENGTH).for_each(check)
    }};
}
pub(crate) use fuzz;

/// Maximum length of a generated input in bytes. Its words make it about ten times as long.
const GENERATED_MAX_LENGTH: usize = 256;

/// Generates inputs of all lengths, mostly short ones. Half of the inputs consist of words.
fn generated_inputs() -> impl Iterator<Item = Vec<u8>> {
    (0..GENERATED).map(|seed| {
        let mut random = fastrand::Rng::with_seed(seed);
        let max_length = random.usize(1..=GENERATED_MAX_LENGTH);
        let length = random.usize(0..max_length);
        std::iter::repeat_with(|| random.u8(..)).take(length).collect()
    })
}

#[test]
fn generated_inputs_are_deterministic_and_varied() {
    let inputs: Vec<_> = generated_inputs().collect();
    assert!(generated_inputs().eq(inputs.iter().cloned()));
    let words = inputs.iter().filter(|input| input.first().is_some_and(|first| *first >= 0x80)).count();
    assert!((inputs.len() / 3..inputs.len() * 2 / 3).contains(&words), "{words}");
    assert!(inputs.iter().any(|input| input.len() < 16) && inputs.iter().any(|input| input.len() > 200));
}

/// Without a corpus, a fuzz target would silently replay nothing.
#[test]
fn each_target_has_a_corpus() {
    let folder = std::path::Path::new(env!("CARGO_MANIFEST_DIR"));
    let files = std::fs::read_dir(folder).expect("cannot read the folder of the targets");
    let paths =
        files.map(|file| file.expect("cannot read the folder of the targets").path()).filter(|file| {
            let source = std::fs::read_to_string(file).unwrap_or_default();
            file.extension().is_some_and(|extension| extension == "rs") && source.contains("\nfn fuzz() {")
        });
    let mut targets = 0;
    for file in paths {
        let name = file.file_stem().and_then(|name| name.to_str()).expect("file name is not UTF-8");
        let corpus = folder.join(format!("__fuzz__/{name}__fuzz/corpus"));
        let inputs = std::fs::read_dir(&corpus).map_or(0, Iterator::count);
        assert!(inputs > 0, "{} is empty: run ./justw fuzz {name}", corpus.display());
        targets += 1;
    }
    assert!(targets > 5, "only {targets} targets were found");
}
