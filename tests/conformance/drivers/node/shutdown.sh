#!/usr/bin/env bash
# Runs a shutdown scenario, or prints the names of all with `--list`.
set -euo pipefail
exec node "$(dirname "$0")/../../../../target/conformance/node/shutdown.mjs" "$@"
