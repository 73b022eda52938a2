#!/usr/bin/env bash
# Runs a shutdown scenario, or prints the names of all with `--list`.
set -euo pipefail
exec "$(dirname "$0")/run_java.sh" ShutdownKt "$@"
