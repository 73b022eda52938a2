"""Runs the code blocks of a Markdown file."""

from __future__ import annotations

import re
import subprocess
import sys
from collections.abc import Mapping
from pathlib import Path
from typing import NamedTuple

TIMEOUT = 60.0
"""Maximum seconds per block."""


class Block(NamedTuple):
    """A fenced block of code."""

    path: Path
    line: int
    """First line of the code in the file."""
    code: str

    def __str__(self) -> str:
        return f"{self.path.name}:{self.line}"


def blocks(path: Path, language: str) -> list[Block]:
    """Returns the blocks of a language, in order.

    Raises:
        LookupError: The file has none. A test of no blocks would pass.
    """
    text = path.read_text(encoding="utf-8")
    fences = re.finditer(rf"^```{re.escape(language)}\n(.*?)^```$", text, re.MULTILINE | re.DOTALL)
    found = [Block(path, text.count("\n", 0, fence.start(1)) + 1, fence[1]) for fence in fences]
    if not found:
        raise LookupError(f"{path.name} has no {language} block")
    return found


def run_python(block: Block, folder: Path, env: Mapping[str, str]) -> subprocess.CompletedProcess[str]:
    """Runs a block as a script, or with pytest if it defines tests."""
    script = folder / f"{block.path.stem}_{block.line}.py"
    # Leading blank lines make tracebacks show the line numbers of the Markdown file.
    script.write_text("\n" * (block.line - 1) + block.code, encoding="utf-8")
    is_test = re.search(r"^(async )?def test_", block.code, re.MULTILINE)
    runner = ["-m", "pytest", "-q", "-p", "no:cacheprovider", "--rootdir", str(folder)] if is_test else []
    return subprocess.run(
        [sys.executable, *runner, str(script)],
        cwd=folder,
        env=env,
        stdin=subprocess.DEVNULL,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
        timeout=TIMEOUT,
    )
