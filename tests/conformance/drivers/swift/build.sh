#!/usr/bin/env bash
# Builds the native library, where the tests have not, and with the package the driver and the programs that end.
set -euo pipefail
cd "$(dirname "$0")/../../../.."
home=$PWD/target/conformance/swift
bindings/swift/native target/swift/prefix
export PKG_CONFIG_PATH=$PWD/target/swift/prefix/lib/pkgconfig
# By itself the build notices neither a new library of the same name nor files that the package has got or lost.
find "$home/release" -maxdepth 1 -type f -perm -100 ! -newer target/swift/prefix/lib/librenumerate.a -delete \
    2>/dev/null || true # at first they are not there
said=$(bindings/swift/toolchain swift build --configuration release --package-path tests/conformance/drivers/swift/package \
    --scratch-path "$home" --disable-build-manifest-caching -Xswiftc -warnings-as-errors 2>&1) || {
    printf '%s\n' "$said" >&2
    exit 1
}
