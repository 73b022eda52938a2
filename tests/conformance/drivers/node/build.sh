#!/usr/bin/env bash
# Builds the package, and copies the driver next to it. Installs Bun and Deno with the dependencies
# of the package's tests.
set -euo pipefail
cd "$(dirname "$0")/../../../.."
home=$PWD/target/conformance/node
installed=$home/node_modules/@renumerate/node

cargo build --quiet --locked --package renumerate-cli # packed by `archives`
mkdir -p "$home"
bindings/node/archives "$home/archives" >/dev/null
bindings/node/dependencies bindings/node/tests
# An `import` finds packages in the folder of the program.
rm -rf "$home"/*.mjs "$installed"
cp tests/conformance/drivers/node/*.mjs "$home"
mkdir -p "$installed"
tar --extract --gzip --file "$home/archives/renumerate-node"-*.tgz --directory "$installed" --strip-components 1
# Deno imports only packages that a package.json names.
echo '{"dependencies": {"@renumerate/node": "*"}}' >"$home/package.json"
