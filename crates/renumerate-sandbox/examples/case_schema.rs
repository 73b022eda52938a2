//! Prints the JSON schema of case files: `just schema` writes it to `tests/vectors/schema`.
#![expect(clippy::print_stdout, reason = "the output of this program")]

fn main() {
    println!("{:#}", renumerate_sandbox::CaseFile::json_schema());
}
