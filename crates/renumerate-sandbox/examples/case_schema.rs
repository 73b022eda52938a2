//! Prints the JSON schema of case files: `just schema` keeps it in `tests/vectors/schema`.
#![expect(clippy::print_stdout, reason = "this is what it is for")]

fn main() {
    println!("{:#}", renumerate_sandbox::CaseFile::json_schema());
}
