#!/usr/bin/env bash
# Checks that the tools of all languages are installed.
set -euo pipefail
cd "$(dirname "$0")/../.."
command -v cargo >/dev/null
command -v python3 >/dev/null
command -v npm >/dev/null
command -v mvn >/dev/null
bindings/swift/toolchain --is-there
