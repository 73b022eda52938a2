#!/usr/bin/env bash
# Runs a shutdown scenario, or prints the names of all with `--list`.
set -euo pipefail
cd "$(dirname "$0")/../../../.."
exec bindings/swift/toolchain "$PWD/target/conformance/swift/release/Shutdown" "$@"
