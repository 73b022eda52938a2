//! `generate LIBRARY LANGUAGE FILES... [--check]`: generates the sources of a language from the uniffi metadata in the
//! native library, and writes them to the files. With `--check`, compares the files with the generated sources instead.
//!
//! The generator is part of this package, because it must use the same version of uniffi as the library.

#![allow(clippy::print_stdout, clippy::print_stderr, reason = "command-line program")]

mod kotlin;
mod patch;
mod swift;

use std::error::Error;
use std::path::PathBuf;
use std::process::ExitCode;
use std::{env, fs, process};

use uniffi::{GenerateOptions, TargetLanguage, generate};

fn main() -> ExitCode {
    match run() {
        Ok(true) => ExitCode::SUCCESS,
        Ok(false) => ExitCode::FAILURE,
        Err(error) => {
            eprintln!("{error}");
            ExitCode::FAILURE
        }
    }
}

fn run() -> Result<bool, Box<dyn Error>> {
    let mut arguments: Vec<String> = env::args().skip(1).collect();
    let check = arguments.last().is_some_and(|last| last == "--check") && arguments.pop().is_some();
    match arguments.iter().map(String::as_str).collect::<Vec<_>>()[..] {
        [library, "kotlin", source] => {
            let sources = GeneratedSources::new(library, TargetLanguage::Kotlin)?;
            write_or_check(source, &kotlin::patch(&sources.read("kt")?)?, check)
        }
        [library, "swift", source, header] => {
            let sources = GeneratedSources::new(library, TargetLanguage::Swift)?;
            let source_matches = write_or_check(source, &swift::patch(&sources.read("swift")?)?, check)?;
            Ok(write_or_check(header, &sources.read("h")?, check)? && source_matches)
        }
        _ => Err("usage: generate LIBRARY (kotlin SOURCE | swift SOURCE HEADER) [--check]".into()),
    }
}

/// Writes the text to a file and returns `true`. With `check`, writes nothing, and returns whether the file already
/// contains this text.
fn write_or_check(file: &str, text: &str, check: bool) -> Result<bool, Box<dyn Error>> {
    if !check {
        fs::write(file, text)?;
        return Ok(true);
    }
    let same = fs::read_to_string(file)? == text;
    if !same {
        eprintln!("{file} is not what the generator makes of the surface: run bindings/uniffi/generate");
    }
    Ok(same)
}

/// Sources that uniffi has generated in a temporary folder. Dropping this value removes the folder.
struct GeneratedSources {
    folder: PathBuf,
}

impl GeneratedSources {
    fn new(library: &str, language: TargetLanguage) -> Result<Self, Box<dyn Error>> {
        let folder = env::temp_dir().join(format!("renumerate-generate-{}", process::id()));
        let out_dir = folder.clone().try_into()?;
        let sources = Self { folder };
        generate(GenerateOptions {
            languages: vec![language],
            source: library.into(),
            out_dir,
            format: false,
            ..GenerateOptions::default()
        })?;
        Ok(sources)
    }

    /// Returns the text of the generated file with this extension.
    fn read(&self, extension: &str) -> Result<String, Box<dyn Error>> {
        let mut found: Vec<PathBuf> = vec![self.folder.clone()];
        while let Some(path) = found.pop() {
            if path.is_dir() {
                for entry in fs::read_dir(path)? {
                    found.push(entry?.path());
                }
            } else if path.extension().is_some_and(|found| found == extension) {
                return Ok(fs::read_to_string(path)?);
            }
        }
        Err(format!("the generator has written no .{extension}").into())
    }
}

impl Drop for GeneratedSources {
    fn drop(&mut self) {
        let _not_there = fs::remove_dir_all(&self.folder);
    }
}
