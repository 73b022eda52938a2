#!/usr/bin/env bash
# driver FACE: becomes the driver. A library that is to be loaded before all others is named by DRIVER_PRELOAD: it is for this
# one program, and not for those that lead to it.
set -euo pipefail
cd "$(dirname "$0")/../../../.."
if [ "$*" != swift ]; then
    echo "the one face here is swift" >&2
    exit 1
fi
command=("$PWD/target/conformance/swift/release/Driver")
if [ -n "${DRIVER_PRELOAD:-}" ]; then
    command=(env "LD_PRELOAD=$DRIVER_PRELOAD" "${command[@]}")
fi
exec bindings/swift/toolchain "${command[@]}"
