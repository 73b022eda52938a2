"""The core's modules depend in one direction: see "Layers of the core" in ARCHITECTURE.md."""

from __future__ import annotations

from pathlib import Path

import pytest
from rust_modules import cycles, imports

CORE = Path(__file__).parents[2] / "crates/renumerate/src"
# From the lowest to the highest: a layer imports only from itself and from those before it.
LAYERS = [
    "error",
    "redact",
    "model",
    "retry",
    "config",
    "protocol",
    "call",
    "runtime",
    "tls",
    "transport",
    "client",
    "blocking",
    "ffi",
    "diagnostics",
    "fuzzing",
]
# Both are at the top; neither may use the other.
INDEPENDENT = {"ffi", "diagnostics", "fuzzing"}


def layer(file: str) -> str:
    return file.split("/")[0].removesuffix(".rs")


def upward(graph: dict[str, set[str]]) -> list[str]:
    """Imports against the order of the layers."""
    return [
        f"{file} imports {target}"
        for file, targets in sorted(graph.items())
        for target in sorted(targets)
        if layer(file) != layer(target)
        and (LAYERS.index(layer(target)) > LAYERS.index(layer(file)) or {layer(file), layer(target)} <= INDEPENDENT)
    ]


def test_layers_import_downward() -> None:
    graph = imports(CORE)
    graph.pop("lib.rs")
    assert {layer(file) for file in graph} == set(LAYERS)
    assert sum(map(len, graph.values())) > 100, "the imports were read"
    assert upward(graph) == []


def test_files_do_not_import_in_a_cycle() -> None:
    graph = imports(CORE)
    graph.pop("lib.rs")
    assert cycles(graph) == []


@pytest.fixture
def crate(tmp_path: Path) -> Path:
    """A crate in which `call` and `config` import from each other, one through a re-export of its parent."""
    for name, text in {
        "lib.rs": "mod call;\nmod config;\npub use config::Options;",
        "config/mod.rs": "mod options;\npub(crate) use options::Options;\n",
        "config/options.rs": "use crate::call::{self as other, Call};\n",
        "call.rs": 'use crate::{\n    config::Options,\n};\nconst TEXT: &str = "crate::lib";\n',
    }.items():
        (tmp_path / name).parent.mkdir(exist_ok=True)
        (tmp_path / name).write_text(text)
    return tmp_path


def test_cycle_through_a_reexport_is_found(crate: Path) -> None:
    graph = imports(crate)
    assert graph["call.rs"] == {"config/options.rs"}
    assert graph["config/options.rs"] == {"call.rs"}
    assert cycles(graph) == [["call.rs", "config/options.rs"]]


def test_import_from_a_higher_layer_is_found(crate: Path) -> None:
    assert upward(imports(crate) | {"lib.rs": set()}) == ["config/options.rs imports call.rs"]


def test_imports_of_unit_tests_are_left_out(crate: Path) -> None:
    text = "#[cfg(test)]\nmod tests {\n    use crate::call::Call;\n}\n"
    (crate / "config/options.rs").write_text(text)
    assert cycles(imports(crate)) == []
