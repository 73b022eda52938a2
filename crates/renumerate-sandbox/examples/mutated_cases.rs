//! Prints copies of all cases in a folder, each with one changed expectation. The test runners of other languages must
//! report a failure for each of them.
#![expect(clippy::print_stdout, reason = "the output of this program")]

use std::error::Error;
use std::path::Path;

use renumerate_sandbox::{Case, CaseFile};

fn main() -> Result<(), Box<dyn Error>> {
    let folder = std::env::args().nth(1).ok_or("missing argument: a folder of case files")?;
    let cases = CaseFile::read_dir(Path::new(&folder))?;
    let mutated = cases.iter().map(Case::mutations).collect::<Result<Vec<_>, _>>()?.concat();
    println!("{}", serde_json::to_string(&mutated)?);
    Ok(())
}
