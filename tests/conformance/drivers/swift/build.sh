#!/usr/bin/env bash
# Builds the native library unless the tests have built it, the driver and the shutdown scenarios.
set -euo pipefail
cd "$(dirname "$0")/../../../.."
home=$PWD/target/conformance/swift
CARGO_TERM_QUIET=true bindings/swift/native target/swift/prefix
export PKG_CONFIG_PATH=$PWD/target/swift/prefix/lib/pkgconfig
# SwiftPM notices neither a changed library of the same name nor added and deleted files of the package.
find -H "$home/release" -maxdepth 1 -type f -perm -100 ! -newer target/swift/prefix/lib/librenumerate.a -delete \
    2>/dev/null || true # the folder does not exist before the first build
output=$(bindings/swift/toolchain swift build --configuration release \
    --package-path tests/conformance/drivers/swift/package --scratch-path "$home" --disable-build-manifest-caching \
    -Xswiftc -warnings-as-errors 2>&1) || { printf '%s\n' "$output" >&2 && exit 1; }
