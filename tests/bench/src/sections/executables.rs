//! Table of executables: the size that a statically linked client adds to an executable.

use std::path::Path;

use crate::language::{Language, Subject};
use crate::machine;
use crate::packages::size;
use crate::stats::megabytes;
use crate::table::{Row, print_table};

/// Subject whose program links no client.
const BARE: &str = "raw socket, in threads";

struct Executable {
    bytes: f64,
    stripped: f64,
    /// Paths of all shared libraries that are loaded with it.
    libraries: Vec<String>,
}

impl Executable {
    fn new(language: &Language, subject: &Subject, home: &Path) -> Result<Self, String> {
        let path = (language.worker)(subject).remove(0);
        let copy = home.join("stripped");
        machine::output(&["strip", "-o", &copy.to_string_lossy(), &path])?;
        let stripped = size(&copy);
        std::fs::remove_file(&copy).map_err(|error| error.to_string())?;
        // `ldd` prints lines such as `libm.so.6 => /lib/libm.so.6 (0x00007f0000000000)`.
        let libraries = machine::output(&["ldd", &path])?
            .lines()
            .filter_map(|line| line.split_once(" => ")?.1.split_once(" (0x"))
            .map(|(library, _)| library.to_owned())
            .collect();
        Ok(Self { bytes: size(Path::new(&path)), stripped, libraries })
    }
}

pub(crate) fn print(language: &Language, home: &Path) -> Result<(), String> {
    let bare = Executable::new(language, language.subject(BARE)?, home)?;
    let mut rows: Vec<Row> = Vec::new();
    for subject in language.subjects.iter().filter(|subject| subject.name != BARE) {
        let own = Executable::new(language, subject, home)?;
        let added: Vec<_> = own.libraries.iter().filter(|path| !bare.libraries.contains(path)).collect();
        let figures = vec![
            megabytes(own.bytes - bare.bytes),
            megabytes(own.stripped - bare.stripped),
            added.len().to_string(),
            megabytes(added.iter().map(|path| size(Path::new(path))).sum()),
        ];
        rows.push((subject.name.to_owned(), Ok(figures)));
    }
    let caption = format!(
        "added to an executable, whose stripped size is {} without a client; and the shared libraries that are also \
         loaded",
        megabytes(bare.stripped)
    );
    print_table(&caption, &["executable", "stripped", "libraries", "size of them"], &rows);
    println!(
        "static library of RenumerateClient, whole: {}",
        megabytes(size(&home.join("prefix/lib/librenumerate.a")))
    );
    Ok(())
}
