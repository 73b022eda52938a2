//! The measured languages.

mod kotlin;
mod node;
mod python;
mod rust;
mod swift;

use std::path::Path;

use clap::ValueEnum;

use crate::language::Language;

#[derive(Clone, Copy, ValueEnum)]
pub(crate) enum Name {
    Kotlin,
    Node,
    Python,
    Rust,
    Swift,
}

impl Name {
    /// Describes the language, whose workers and packages have been built in the folder `home`.
    pub(crate) fn language(self, home: &Path) -> Result<Language, String> {
        match self {
            Self::Kotlin => kotlin::language(home),
            Self::Node => node::language(home),
            Self::Python => python::language(home),
            Self::Rust => rust::language(),
            Self::Swift => Ok(swift::language(home)),
        }
    }
}
