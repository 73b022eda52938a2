"""Runs the shell commands of the READMEs as a new user would.

    run_readmes.py [README...]   by default, all READMEs for users

All blocks of a README that are marked `sh` run in order in one shell. It starts in a fresh clone of the last commit, in
a mount namespace: the home folder contains only toolchains, /tmp is empty, and the folder of this project is hidden.
A command that ends with the comment "# runs until Ctrl-C" runs in the background until the end of its README.
"""

import os
import re
import shlex
import subprocess
import sys
import tempfile
import time
from pathlib import Path

ROOT = Path(__file__).resolve().parents[1]
HOME = Path.home()
READMES = ["README.md", "bindings/**README.md", "crates/**README.md"]
BLOCK = re.compile(r"^```sh\n(.*?)^```$", re.DOTALL | re.MULTILINE)
SERVER = "# runs until Ctrl-C"

# Commands that something else runs, with the reason.
ELSEWHERE = {"./justw test": "CI runs it on a clean checkout"}

# Names of environment variables that the shell gets: those of toolchains, registries and proxies.
PASSED = re.compile(
    r"(?i)(PATH|LANG|TERM|(CARGO|RUSTUP|PIP|NPM_CONFIG|NODE|MAVEN|JAVA|SSL)_.*|(http|https|all|no)_proxy)"
)

# The commands are tested, and not the speed of the result. Without optimizations the builds are quicker.
QUICK_BUILD = {
    "CARGO_PROFILE_PUBLISHED_LTO": "off",
    "CARGO_PROFILE_PUBLISHED_CODEGEN_UNITS": "16",
    "CARGO_PROFILE_PUBLISHED_OPT_LEVEL": "0",
    "CARGO_INCREMENTAL": "0",
}

FUNCTIONS = """
set -euo pipefail
servers=()
# serve COMMAND: starts a server, and waits until it prints its address.
serve() {
    local log
    log=$(mktemp)
    bash -euc "$1" >"$log" 2>&1 &
    servers+=($!)
    until grep -q 'http://' "$log"; do
        kill -0 $! 2>/dev/null || { cat "$log" >&2; return 1; }
        sleep 0.1
    done
    cat "$log"
}
"""
# A server must still be running at the end.
END = 'for server in "${servers[@]+"${servers[@]}"}"; do kill "$server"; done\n'

# Hides the files of this machine that a new user does not have, and runs the script "$3" in the clone "$2".
NAMESPACE = r"""
project=$1 clone=$2 script=$3
shift 3
mount --make-rprivate /
kept=$(mktemp -d)
mount -t tmpfs tmpfs "$kept"
mkdir "$kept/clone"
mount --bind "$clone" "$kept/clone"
mkdir -p "$kept/clone/target/debug" "$kept/clone/target/published"
mount --bind "$project/target/debug" "$kept/clone/target/debug"
mount --bind "$project/target/readmes" "$kept/clone/target/published"
for folder; do mkdir "$kept/${folder##*/}" && mount --bind "$folder" "$kept/${folder##*/}"; done
mount -t tmpfs tmpfs "$HOME"
for folder; do mkdir "$folder" && mount --bind "$kept/${folder##*/}" "$folder"; done
# A copy without the downloads, because `cargo install` writes there.
if [ -d "$kept/.cargo" ]; then
    umount "$HOME/.cargo"
    mkdir "$HOME/.cargo/registry"
    mount --bind "$kept/.cargo/registry" "$HOME/.cargo/registry"
    find "$kept/.cargo" -mindepth 1 -maxdepth 1 ! -name registry ! -name git -exec cp -a {} "$HOME/.cargo" \;
fi
case "$project/" in "$HOME"/*) ;; *) mount -t tmpfs tmpfs "$project" ;; esac
mkdir -p "$HOME/renumerate-sdk"
mount --rbind "$kept/clone" "$HOME/renumerate-sdk"
mount -t tmpfs tmpfs /tmp
cd "$HOME/renumerate-sdk"
exec bash -c "$script"
"""


def script(readme: str) -> str:
    """Returns a shell script of all commands in the README, which prints each block before it runs it."""
    text = (ROOT / readme).read_text("utf-8")
    parts = [FUNCTIONS]
    for block in BLOCK.finditer(text):
        line = text.count("\n", 0, block.start()) + 2
        commands = "\n".join(each for each in block[1].splitlines() if each.split("#")[0].strip() not in ELSEWHERE)
        if SERVER in commands:
            *before, server = commands.splitlines()
            assert server.endswith(SERVER), f"{readme}:{line}: a server must be the last command of its block"
            commands = "\n".join([*before, f"serve {shlex.quote(server)}"])
        parts.append(f"echo {shlex.quote(f'== {readme}:{line}')}\n{commands}")
    return "\n".join([*parts, END])


def toolchains() -> list[str]:
    """Returns the folders in the home folder that contain programs of the PATH, and the folder of Rust's toolchains."""
    folders = {Path(folder) for folder in os.environ["PATH"].split(os.pathsep)} | {HOME / ".rustup"}
    inside = {
        HOME / folder.relative_to(HOME).parts[0] for folder in folders if folder.is_relative_to(HOME) and folder != HOME
    }
    return sorted(str(folder) for folder in inside if folder.is_dir())


def run(readme: str) -> bool:
    """Runs the commands of the README. Returns whether all of them have succeeded."""
    started = time.monotonic()
    variables = {name: value for name, value in os.environ.items() if PASSED.fullmatch(name)}
    user = [] if os.geteuid() == 0 else ["--user", "--map-root-user"]
    with tempfile.TemporaryDirectory() as folder:
        clone = Path(folder) / "clone"
        subprocess.run(["git", "clone", "--quiet", ROOT, clone], check=True)
        command = ["unshare", *user, "--mount", "--pid", "--fork", "--kill-child", "--mount-proc"]
        arguments = ["bash", "-euc", NAMESPACE, "bash", ROOT, clone, script(readme), *toolchains()]
        done = subprocess.run(
            [*command, *arguments],
            env={**variables, **QUICK_BUILD, "HOME": str(HOME)}, stdin=subprocess.DEVNULL, check=False,
        )  # fmt: skip
    passed = done.returncode == 0
    print(f"{readme}: {'passed' if passed else 'FAILED'} after {time.monotonic() - started:.0f} s", flush=True)
    return passed


def main(chosen: list[str]) -> int:
    listed = subprocess.run(["git", "ls-files", *READMES], cwd=ROOT, capture_output=True, text=True, check=True)
    readmes = chosen or [name for name in listed.stdout.split() if BLOCK.search((ROOT / name).read_text("utf-8"))]
    # The clones share folders of cargo, so that the dependencies are built once: those of the profile `dev` with the
    # tests, those of the profile `published` with each other.
    for folder in ("debug", "readmes"):
        (ROOT / "target" / folder).mkdir(parents=True, exist_ok=True)
    failed = [readme for readme in readmes if not run(readme)]
    print(f"{len(readmes) - len(failed)} READMEs passed, {len(failed)} failed")
    return int(bool(failed))


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
