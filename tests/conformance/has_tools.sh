#!/usr/bin/env bash
# Checks that the tools of all languages are installed.
set -euo pipefail
cd "$(dirname "$0")/../.."
for tool in cargo python3 npm mvn; do command -v "$tool" >/dev/null; done
bindings/swift/toolchain --is-there
