//! Prints every case of a folder with each of its expectations mutated, one at a time: what the runners of other
//! languages must turn red on.
#![expect(clippy::print_stdout, reason = "this is what it is for")]

use std::error::Error;
use std::path::Path;

use renumerate_sandbox::{Case, CaseFile};

fn main() -> Result<(), Box<dyn Error>> {
    let folder = std::env::args().nth(1).ok_or("give a folder of case files")?;
    let cases = CaseFile::read_dir(Path::new(&folder))?;
    let mutated = cases.iter().map(Case::mutations).collect::<Result<Vec<_>, _>>()?.concat();
    println!("{}", serde_json::to_string(&mutated)?);
    Ok(())
}
