#!/usr/bin/env bash
# Builds the runner and the driver of Rust in the profile PROFILE, by default `dev`, into target/conformance/rust.
set -euo pipefail
cd "$(dirname "$0")/../../../.."
profile=${PROFILE:-dev}
cargo build --quiet --locked --profile "$profile" --package renumerate-conformance
case "$profile" in
dev) folder=debug ;;
bench) folder=release ;;
*) folder=$profile ;;
esac
mkdir -p target/conformance/rust
for program in renumerate-conformance renumerate-conformance-driver; do
    # Replaces a running program by a rename.
    cp "target/$folder/$program" "target/conformance/rust/$program.new"
    mv "target/conformance/rust/$program.new" "target/conformance/rust/$program"
done
