#!/usr/bin/env bash
# Builds the jar, and the driver with its dependencies.
set -euo pipefail
cd "$(dirname "$0")/../../../.."
home=$PWD/target/conformance/jvm
CARGO_TERM_QUIET=true bindings/kotlin/natives "$home/natives" "$home/commands"
rm -rf "$home/libraries"
mvn --quiet --batch-mode --strict-checksums --file tests/conformance/drivers/jvm/reactor.xml \
    --projects :renumerate-conformance --also-make -Dnatives="$home/natives" -DskipTests package
