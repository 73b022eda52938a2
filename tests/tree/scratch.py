"""Copy of the repository in which a test runs the repository's scripts."""

from __future__ import annotations

import shutil
import subprocess
import sys
from dataclasses import dataclass
from pathlib import Path

ROOT = Path(__file__).parents[2]


@dataclass(frozen=True)
class Tree:
    root: Path

    def read(self, path: str) -> str:
        return (self.root / path).read_text("utf-8")

    def replace(self, path: str, old: str, new: str) -> None:
        text = self.read(path)
        assert old in text, f"{path} does not contain {old!r}"
        (self.root / path).write_text(text.replace(old, new), "utf-8")

    def run(self, script: str, *arguments: str) -> subprocess.CompletedProcess[str]:
        command = [sys.executable, script, *arguments]
        return subprocess.run(command, cwd=self.root, capture_output=True, text=True, check=False)


def copied(to: Path) -> Tree:
    command = ["git", "ls-files", "-z", "--cached", "--others", "--exclude-standard"]
    listed = subprocess.run(command, cwd=ROOT, capture_output=True, check=True).stdout.decode()
    for path in filter(None, listed.split("\0")):
        if (ROOT / path).is_file():
            (to / path).parent.mkdir(parents=True, exist_ok=True)
            shutil.copy(ROOT / path, to / path)
    # The scripts list the files with git.
    subprocess.run(["git", "init", "--quiet"], cwd=to, check=True)
    return Tree(to)
