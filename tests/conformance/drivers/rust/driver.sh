#!/usr/bin/env bash
# Starts the driver that `build.sh` built, or the program RUST_DRIVER. The argument is a client flavor.
set -euo pipefail
cd "$(dirname "$0")/../../../.."
exec env ${DRIVER_PRELOAD:+"LD_PRELOAD=$DRIVER_PRELOAD"} \
    "${RUST_DRIVER:-target/conformance/rust/renumerate-conformance-driver}" "$@"
