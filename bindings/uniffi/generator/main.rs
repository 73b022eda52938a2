//! `generate LIBRARY LANGUAGE FILES... [--check]`: writes the sources of a language from the surface that the library holds,
//! or says whether the files are what would be written. The generator is of the version that the surface is built with.

#![allow(clippy::print_stdout, clippy::print_stderr, reason = "it is a command")]

mod edits;
mod kotlin;
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
            let made = Made::by(library, TargetLanguage::Kotlin)?;
            put(source, &kotlin::edit(&made.file("kt")?)?, check)
        }
        [library, "swift", source, header] => {
            let made = Made::by(library, TargetLanguage::Swift)?;
            let source_is_the_same = put(source, &swift::edit(&made.file("swift")?)?, check)?;
            Ok(put(header, &made.file("h")?, check)? && source_is_the_same)
        }
        _ => Err("usage: generate LIBRARY (kotlin SOURCE | swift SOURCE HEADER) [--check]".into()),
    }
}

/// Writes a file, or says whether it is what would be written.
fn put(file: &str, text: &str, check: bool) -> Result<bool, Box<dyn Error>> {
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

/// What uniffi has made of the surface, in a folder that goes with it.
struct Made {
    folder: PathBuf,
}

impl Made {
    fn by(library: &str, language: TargetLanguage) -> Result<Self, Box<dyn Error>> {
        let folder = env::temp_dir().join(format!("renumerate-generate-{}", process::id()));
        let out_dir = folder.clone().try_into()?;
        let made = Self { folder };
        generate(GenerateOptions {
            languages: vec![language],
            source: library.into(),
            out_dir,
            format: false,
            ..GenerateOptions::default()
        })?;
        Ok(made)
    }

    /// The one file with this extension.
    fn file(&self, extension: &str) -> Result<String, Box<dyn Error>> {
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

impl Drop for Made {
    fn drop(&mut self) {
        let _not_there = fs::remove_dir_all(&self.folder);
    }
}
