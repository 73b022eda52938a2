"""Code that no compiler checks stands in the files that ARCHITECTURE names, and says of each piece why it is sound.

Rust's own lints see to most of that: they deny such code but where a file expects it. What they cannot say is which
files may do so; and the other languages have no such lints.
"""

from __future__ import annotations

import re
import subprocess
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]
HEADING = "## Unsafe code"

SWIFT = r"@unchecked\b|\b(?:unowned|nonisolated)\(unsafe\)|\b(?:with)?Unsafe[A-Z]\w*|\bunsafe[A-Z]\w*"
SWIFT_TOO = r"\b(?:Unmanaged|OpaquePointer|withMemoryRebound|assumingMemoryBound|bindMemory|assumeIsolated)\b"
JVM = r"\b(?:Pointer|Memory)\s*[(.]|\b(?:Unsafe|MemorySegment|allocateDirect|getDirectBufferPointer)\b|\bexternal fun\b"
JAVASCRIPT = r"\b(?:allocUnsafe\w*|process\.dlopen|node:ffi|napi_\w+)\b"
UNSAFE = {
    "rs": re.compile(r"\bunsafe\s*(?:\{|\(|(?:fn|impl|extern|trait)\b)"),
    "swift": re.compile(f"{SWIFT}|{SWIFT_TOO}"),
    **dict.fromkeys(("kt", "java"), re.compile(JVM)),
    **dict.fromkeys(("py", "pyi"), re.compile(r"\b(?:ctypes|_?cffi|cython)\b")),
    **dict.fromkeys(("js", "mjs", "cjs", "ts", "mts", "cts"), re.compile(JAVASCRIPT)),
    **dict.fromkeys(("c", "h", "cc", "cpp", "m", "mm", "s", "S"), re.compile("")),
}
EXPECTED = re.compile(r"\bunsafe_code\b")
COMMENT = re.compile(r"\s*(?://|\*|/\*|#(?!\[))")
REASON = re.compile(r"\bSAFETY: \S")


def sources() -> list[str]:
    listed = subprocess.run(
        ["git", "ls-files", "--cached", "--others", "--exclude-standard"],
        cwd=ROOT,
        capture_output=True,
        text=True,
        check=True,
    )
    here = Path(__file__).relative_to(ROOT).as_posix()
    paths = [path for path in listed.stdout.splitlines() if path != here and (ROOT / path).is_file()]
    return [path for path in paths if path.rpartition(".")[2] in UNSAFE]


def is_generated(path: str) -> bool:
    """The reasons of generated code are its generator's."""
    return "/generated/" in path.lower() or path.endswith("/RenumerateFFI.h")


def lines(path: str) -> list[str]:
    return (ROOT / path).read_text("utf-8").splitlines()


def pieces(path: str, text: list[str]) -> list[int]:
    """The lines of a file, from zero, that hold such code."""
    pattern = UNSAFE[path.rpartition(".")[2]]
    return [number for number, line in enumerate(text) if pattern.search(line) and not COMMENT.match(line)]


def has_reason(text: list[str], number: int) -> bool:
    """In the comment right above it."""
    above = number
    while above > 0 and COMMENT.match(text[above - 1]):
        above -= 1
    return any(REASON.search(line) for line in text[above:number])


def named() -> set[str]:
    """The files in the table of ARCHITECTURE."""
    section = (ROOT / "ARCHITECTURE.md").read_text("utf-8").partition(f"{HEADING}\n")[2].partition("\n## ")[0]
    files = re.findall(r"^\| `([^`]+)` \|", section, re.MULTILINE)
    assert len(files) == len(set(files)) > 0, f"the table below {HEADING!r} can be read: {files}"
    return set(files)


def found() -> set[str]:
    return {
        path
        for path in sources()
        if pieces(path, lines(path)) or (path.endswith(".rs") and any(map(EXPECTED.search, lines(path))))
    }


def test_unsafe_code_stands_in_named_files_alone() -> None:
    unnamed = sorted(found() - named())
    assert not unnamed, f"unsafe code in files that ARCHITECTURE does not name, below {HEADING!r}"


def test_no_file_is_named_for_nothing() -> None:
    stale = sorted(named() - found())
    assert not stale, f"ARCHITECTURE names files, below {HEADING!r}, that hold no unsafe code"


def test_each_piece_of_it_has_a_reason() -> None:
    without = [
        f"{path}:{number + 1}: {text[number].strip()}"
        for path in sources()
        if not is_generated(path)
        for text in [lines(path)]
        for number in pieces(path, text)
        if not has_reason(text, number)
    ]
    assert not without, "a comment `SAFETY: ...` right above is missing"


def test_every_crate_is_under_the_lints_of_the_workspace() -> None:
    manifests = [path for path in ROOT.glob("*/**/Cargo.toml") if not {"target", "node_modules"} & set(path.parts)]
    assert len(manifests) > 5
    for manifest in manifests:
        assert "\n[lints]\nworkspace = true\n" in manifest.read_text("utf-8"), manifest


@pytest.mark.parametrize(
    ("path", "code"),
    [
        ("a.rs", "let x = unsafe { y() };"),
        ("a.rs", "#[unsafe(no_mangle)]"),
        ("a.rs", "unsafe impl Send for X {}"),
        ("a.swift", "final class Flag: @unchecked Sendable {"),
        ("a.swift", "nonisolated(unsafe) var x = 1"),
        ("a.swift", "x.withUnsafeBytes { $0 }"),
        ("a.kt", "val x = Pointer(address)"),
        ("a.py", "import ctypes"),
        ("a.mjs", "Buffer.allocUnsafe(8)"),
        ("a.c", "int x;"),
    ],
)
def test_such_code_is_seen(path: str, code: str) -> None:
    assert pieces(path, [code]) == [0]
    assert not has_reason(["", code], 1)
    assert has_reason(["// SAFETY: it is", code], 1)
