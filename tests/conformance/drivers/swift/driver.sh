#!/usr/bin/env bash
# Starts the driver that `build.sh` built. DRIVER_PRELOAD is a library to preload in the driver, but not in the programs
# that start it.
set -euo pipefail
cd "$(dirname "$0")/../../../.."
command=("$PWD/target/conformance/swift/release/Driver")
[ -z "${DRIVER_PRELOAD:-}" ] || command=(env "LD_PRELOAD=$DRIVER_PRELOAD" "${command[@]}")
exec bindings/swift/toolchain "${command[@]}"
