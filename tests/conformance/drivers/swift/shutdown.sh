#!/usr/bin/env bash
# exit SCENARIO: becomes a program that ends so; `--list` prints the names of all.
set -euo pipefail
cd "$(dirname "$0")/../../../.."
exec bindings/swift/toolchain "$PWD/target/conformance/swift/release/Exits" "$@"
