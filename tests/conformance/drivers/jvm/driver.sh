#!/usr/bin/env bash
# Starts the driver that `build.sh` built. The argument is a client flavor: kotlin, java or java-async.
set -euo pipefail
exec "$(dirname "$0")/run_java.sh" DriverKt "$@"
