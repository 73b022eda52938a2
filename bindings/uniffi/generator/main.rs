//! `generate LIBRARY LANGUAGE FILE [--check]`: writes the sources of a language from the surface that the library holds,
//! or says whether the file is what would be written. The generator is of the version that the surface is built with.

#![allow(clippy::print_stdout, clippy::print_stderr, reason = "it is a command")]

mod kotlin;

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
    let arguments: Vec<String> = env::args().skip(1).collect();
    let (library, file, check) = match arguments.iter().map(String::as_str).collect::<Vec<_>>()[..] {
        [library, "kotlin", file] => (library, file, false),
        [library, "kotlin", file, "--check"] => (library, file, true),
        _ => return Err("usage: generate LIBRARY kotlin FILE [--check]".into()),
    };
    let written = kotlin::edit(&generated(library, TargetLanguage::Kotlin, "kt")?)?;
    if !check {
        fs::write(file, written)?;
        return Ok(true);
    }
    let same = fs::read_to_string(file)? == written;
    if !same {
        eprintln!("{file} is not what the generator makes of the surface: run bindings/uniffi/generate");
    }
    Ok(same)
}

/// What uniffi generates: one file with this extension.
fn generated(library: &str, language: TargetLanguage, extension: &str) -> Result<String, Box<dyn Error>> {
    let folder = env::temp_dir().join(format!("renumerate-generate-{}", process::id()));
    let out_dir = folder.clone().try_into()?;
    generate(GenerateOptions {
        languages: vec![language],
        source: library.into(),
        out_dir,
        format: false,
        ..GenerateOptions::default()
    })?;
    let mut found: Vec<PathBuf> = vec![folder.clone()];
    let mut text = None;
    while let Some(path) = found.pop() {
        if path.is_dir() {
            for entry in fs::read_dir(path)? {
                found.push(entry?.path());
            }
        } else if path.extension().is_some_and(|found| found == extension) {
            text = Some(fs::read_to_string(path)?);
        }
    }
    fs::remove_dir_all(folder)?;
    text.ok_or_else(|| "the generator has written nothing".into())
}
