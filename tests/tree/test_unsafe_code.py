"""Unsafe code is only in the files that ARCHITECTURE.md lists, and has a SAFETY comment.

Rust's lints deny unsafe code in files that do not expect the lint. They cannot restrict which files may expect it, and
the other languages have no such lints.
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
UNSAFE_LANGUAGES = ("c", "h", "cc", "cpp", "m", "mm", "s", "S")
"""Extensions of languages in which all code is unsafe. One SAFETY comment for the file is enough."""
UNSAFE = {
    "rs": re.compile(r"\bunsafe\s*(?:\{|\(|(?:fn|impl|extern|trait)\b)"),
    "swift": re.compile(f"{SWIFT}|{SWIFT_TOO}"),
    **dict.fromkeys(("kt", "java"), re.compile(JVM)),
    **dict.fromkeys(("py", "pyi"), re.compile(r"\b(?:ctypes|_?cffi|cython)\b")),
    **dict.fromkeys(("js", "mjs", "cjs", "ts", "mts", "cts"), re.compile(JAVASCRIPT)),
    **dict.fromkeys(UNSAFE_LANGUAGES, re.compile("")),
}
UNSAFE_EXTENSIONS = tuple(f".{extension}" for extension in UNSAFE_LANGUAGES)
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
    """Returns whether the file is generated. Generated code needs no SAFETY comments."""
    return "/generated/" in path.lower() or path.endswith("/RenumerateFFI.h")


def lines(path: str) -> list[str]:
    return (ROOT / path).read_text("utf-8").splitlines()


def unsafe_lines(path: str, text: list[str]) -> list[int]:
    """Returns the indexes of the lines that contain unsafe code."""
    pattern = UNSAFE[path.rpartition(".")[2]]
    return [number for number, line in enumerate(text) if pattern.search(line) and not COMMENT.match(line)]


def has_reason(text: list[str], number: int) -> bool:
    """Returns whether the comment directly above the line has a reason."""
    start = number
    while start > 0 and COMMENT.match(text[start - 1]):
        start -= 1
    return any(REASON.search(line) for line in text[start:number])


def listed_files() -> set[str]:
    """Returns the files in the table in ARCHITECTURE.md."""
    section = (ROOT / "ARCHITECTURE.md").read_text("utf-8").partition(f"{HEADING}\n")[2].partition("\n## ")[0]
    files = re.findall(r"^\| `([^`]+)` \|", section, re.MULTILINE)
    assert len(files) == len(set(files)) > 0, f"unexpected files in the table below {HEADING!r}: {files}"
    return set(files)


def files_with_unsafe_code() -> set[str]:
    return {
        path
        for path in sources()
        if unsafe_lines(path, lines(path)) or (path.endswith(".rs") and any(map(EXPECTED.search, lines(path))))
    }


def test_unsafe_code_is_only_in_listed_files() -> None:
    unlisted = sorted(files_with_unsafe_code() - listed_files())
    assert not unlisted, f"unsafe code in files that ARCHITECTURE.md does not list below {HEADING!r}"


def test_listed_files_contain_unsafe_code() -> None:
    stale = sorted(listed_files() - files_with_unsafe_code())
    assert not stale, f"ARCHITECTURE.md lists files below {HEADING!r} that contain no unsafe code"


def test_unsafe_code_has_a_safety_comment() -> None:
    without = [
        f"{path}:{number + 1}: {text[number].strip()}"
        for path in sources()
        if not is_generated(path)
        for text in [lines(path)]
        for number in unsafe_lines(path, text)
        if not (any(map(REASON.search, text)) if path.endswith(UNSAFE_EXTENSIONS) else has_reason(text, number))
    ]
    assert not without, "the comment `SAFETY: ...` directly above is missing"


def test_each_crate_inherits_the_workspace_lints() -> None:
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
def test_unsafe_code_is_found(path: str, code: str) -> None:
    assert unsafe_lines(path, [code]) == [0]
    assert not has_reason(["", code], 1)
    assert has_reason(["// SAFETY: it is", code], 1)
