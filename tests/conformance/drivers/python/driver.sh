#!/usr/bin/env bash
# Starts the driver. The argument is a client flavor. PYTHON is an interpreter with the package installed; default: that
# of the environment that `build.sh` made.
set -euo pipefail
cd "$(dirname "$0")/../../../.."
exec env ${DRIVER_PRELOAD:+"LD_PRELOAD=$DRIVER_PRELOAD"} "${PYTHON:-target/conformance/python/bin/python}" \
    tests/conformance/drivers/python/main.py "$@"
