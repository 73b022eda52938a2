#!/usr/bin/env bash
# Builds the wheel, and installs it into a separate environment.
set -euo pipefail
cd "$(dirname "$0")/../../../.."
tools=$PWD/target/python/environment environment=$PWD/target/conformance/python wheels=$PWD/target/python/wheels
bindings/python/environment "$tools" bindings/python/tests/requirements.txt
bindings/python/environment "$environment" tests/conformance/drivers/python/requirements.txt
PATH=$tools/bin:$PATH bindings/python/wheels "$wheels"
"$environment/bin/python" -m pip install --quiet --disable-pip-version-check --force-reinstall --no-deps "$wheels"/*.whl
