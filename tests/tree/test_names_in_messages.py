"""Messages of the core mark option and parameter names with `Name`, so that each language can use its own style."""

import re
from pathlib import Path

CORE = Path(__file__).resolve().parents[2] / "crates/renumerate/src"


def names() -> set[str]:
    """Returns the names of several words, which other languages spell differently."""
    options = re.findall(r'name: "(\w+)"', (CORE / "config/options.rs").read_text())
    parameters = re.findall(r"parameters: &\[([^]]+)\]", (CORE / "model/endpoint.rs").read_text())
    found = {*options, *(name for row in parameters for name in re.findall(r'"(\w+)"', row))}
    return {name for name in found if "_" in name}


def unmarked_names(source: str) -> list[str]:
    """Returns the string literals outside tests that contain a name among other words."""
    code = source.split("#[cfg(test)]\nmod tests")[0]
    code = re.sub(r"^\s*(///|//!|//|#!?\[).*$", "", code, flags=re.MULTILINE)
    literals = re.findall(r'"((?:[^"\\]|\\.)*)"', code, flags=re.DOTALL)
    pattern = re.compile(rf"\b({'|'.join(sorted(names()))})\b")
    return [literal for literal in literals if " " in literal.strip() and pattern.search(literal)]


def test_messages_contain_no_unmarked_names() -> None:
    files = [file for file in CORE.rglob("*.rs") if file.name not in ("fuzzing.rs", "tests.rs")]
    found = {str(file.relative_to(CORE)): literals for file in files if (literals := unmarked_names(file.read_text()))}
    assert len(names()) > 8
    assert found == {}


def test_unmarked_name_is_found() -> None:
    code = 'Name("base_url") + " is empty"; let x = "set \\\n  base_url first";\n// "base_url is"\n'
    assert unmarked_names(code) == ["set \\\n  base_url first"]
    assert unmarked_names('#[cfg(test)]\nmod tests { "give base_url" }') == []
