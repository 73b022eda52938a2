#!/usr/bin/env bash
# Builds the drivers of all languages, and runs the conformance program with the arguments: `run.sh test`,
# `run.sh soak --calls 1000`. With `--flavor NAME`, builds only the drivers of that flavor's language. PROFILE is a cargo
# profile: `dev`, or `bench` with published native libraries. With REUSE_BUILD=1, nothing is built.
set -euo pipefail
cd "$(dirname "$0")/../.."
export PROFILE=${PROFILE:-dev}
[ "$PROFILE" != dev ] || export NATIVE_PROFILE=dev

declare -A folder_of=(
    [rust-async]=rust [rust-blocking]=rust [python-sync]=python [python-async]=python [python-trio]=python [node]=node
    [bun]=node [deno]=node [kotlin]=jvm [java]=jvm [java-async]=jvm [swift]=swift
)
declare -A folders=()
previous= is_test=
for argument in "$@"; do
    [ "$previous" != --flavor ] || folders[${folder_of[$argument]:?}]=1
    [ "$argument" != test ] || is_test=1
    previous=$argument
done
[ ${#folders[@]} -gt 0 ] || for folder in "${folder_of[@]}"; do folders[$folder]=1; done

folders[rust]=1 # the conformance program itself
[ -n "${REUSE_BUILD:-}" ] || for folder in "${!folders[@]}"; do "tests/conformance/drivers/$folder/build.sh"; done
echo "build: $SECONDS s"

libfaketime=${LIBFAKETIME:-$(compgen -G '/usr/lib/*/faketime/libfaketime.so.1' | head -n 1 || true)}
if [ "$is_test" = 1 ] && [ -n "$libfaketime" ]; then
    # Copied, because Swift's programs run in a container that contains only the project's folder.
    cp "$libfaketime" target/conformance/libfaketime.so.1
    set -- "$@" --libfaketime "$PWD/target/conformance/libfaketime.so.1"
fi
exec target/conformance/rust/renumerate-conformance "$@"
