#!/usr/bin/env bash
# Starts the driver that `build.sh` built. The argument is a client flavor: the runtime node, bun or deno.
set -euo pipefail
cd "$(dirname "$0")/../../../.."
program=$PWD/target/conformance/node/driver.mjs
tools=$PWD/bindings/node/tests/node_modules/.bin
case "${1:-}" in
# A growing young generation would hide the memory that a leak adds to the process.
node) command=(node --expose-gc --max-semi-space-size=1 "$program") ;;
bun) command=("$tools/bun" "$program") ;;
deno) command=("$tools/deno" run --allow-all --node-modules-dir=manual --v8-flags=--expose-gc "$program") ;;
*) echo "usage: driver.sh node|bun|deno" >&2 && exit 2 ;;
esac
exec env ${DRIVER_PRELOAD:+"LD_PRELOAD=$DRIVER_PRELOAD"} "${command[@]}"
