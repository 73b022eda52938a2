#!/usr/bin/env bash
# Runs a shutdown scenario, or prints the names of all with `--list`. PYTHON is an interpreter that has the package.
# Default: the environment that `build.sh` created.
set -euo pipefail
cd "$(dirname "$0")"
exec "${PYTHON:-../../../../target/conformance/python/bin/python}" -X faulthandler shutdown/main.py "$@"
