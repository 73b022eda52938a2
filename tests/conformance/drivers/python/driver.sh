#!/usr/bin/env bash
# Starts the driver in the environment that `build.sh` created. The argument is a client flavor.
set -euo pipefail
cd "$(dirname "$0")/../../../.."
exec env ${DRIVER_PRELOAD:+"LD_PRELOAD=$DRIVER_PRELOAD"} target/conformance/python/bin/python \
    tests/conformance/drivers/python/main.py "$@"
