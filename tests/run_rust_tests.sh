#!/usr/bin/env bash
# Builds and runs the Rust tests. Arguments are passed to `cargo test`.
set -euo pipefail
cd "$(dirname "$0")/.."
cargo test --quiet --locked --no-run
echo "build: $SECONDS s"
exec cargo test --locked --no-fail-fast "$@"
