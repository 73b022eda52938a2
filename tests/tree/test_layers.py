"""The modules of each crate depend in one direction: see "Layers of the core" in ARCHITECTURE.md, and ADR 0016."""

from __future__ import annotations

from pathlib import Path
from typing import NamedTuple

import pytest
from rust_modules import cycles, imports

CRATES = Path(__file__).parents[2] / "crates"


class Layers(NamedTuple):
    """The layers of a crate, from the lowest to the highest. A layer imports only from itself and from lower ones."""

    order: list[str]
    independent: set[str]
    """Layers at the top that must not import from each other."""


LAYERS = {
    "renumerate": Layers(
        [
            "error",
            "redact",
            "model",
            "retry",
            "slots",
            "config",
            "log",
            "handshake",
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
        ],
        {"ffi", "diagnostics", "fuzzing"},
    ),
    "renumerate-sandbox": Layers(
        [
            "error",
            "redact",
            "token",
            "contract",
            "case",
            "domain",
            "net",
            "script",
            "state",
            "api",
            "server",
            "router",
            "sandbox",
            "exchange",
            "builder",
            "widgets",
            "dashboard",
            "fuzzing",
        ],
        {"widgets", "dashboard", "fuzzing"},
    ),
    "renumerate-cli": Layers(
        [
            "error",
            "usage",
            "output",
            "args",
            "ca",
            "client_options",
            "demo",
            "doctor",
            "healthcheck",
            "sandbox",
            "session",
            "token",
        ],
        {"demo", "doctor", "healthcheck", "sandbox", "session", "token"},
    ),
}


def layer(file: str) -> str:
    return file.split("/")[0].removesuffix(".rs")


def upward(graph: dict[str, set[str]], layers: Layers) -> list[str]:
    """Returns the imports that violate the order of the layers."""
    return [
        f"{file} imports {target}"
        for file, targets in sorted(graph.items())
        for target in sorted(targets)
        if layer(file) != layer(target)
        and (
            layers.order.index(layer(target)) > layers.order.index(layer(file))
            or {layer(file), layer(target)} <= layers.independent
        )
    ]


def graph_of(crate: str) -> dict[str, set[str]]:
    """Returns the imports of a crate's files, without those of its root."""
    graph = imports(CRATES / crate / "src")
    return {file: targets for file, targets in graph.items() if file not in ("lib.rs", "main.rs")}


@pytest.mark.parametrize("crate", LAYERS)
def test_layers_import_downward(crate: str) -> None:
    graph = graph_of(crate)
    assert {layer(file) for file in graph} == set(LAYERS[crate].order)
    assert sum(map(len, graph.values())) > 30, "too few imports were found"
    assert upward(graph, LAYERS[crate]) == []


@pytest.mark.parametrize("crate", LAYERS)
def test_files_do_not_import_in_a_cycle(crate: str) -> None:
    assert cycles(graph_of(crate)) == []


@pytest.fixture
def crate(tmp_path: Path) -> Path:
    """Creates a crate in which `call` and `config` import from each other, one of them through a re-export."""
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
    assert upward(imports(crate) | {"lib.rs": set()}, LAYERS["renumerate"]) == ["config/options.rs imports call.rs"]


def test_imports_of_unit_tests_are_ignored(crate: Path) -> None:
    text = "#[cfg(test)]\nmod tests {\n    use crate::call::Call;\n}\n"
    (crate / "config/options.rs").write_text(text)
    assert cycles(imports(crate)) == []


def test_path_through_a_child_module_is_an_import(crate: Path) -> None:
    (crate / "config/mod.rs").write_text("mod options;\nfn f() { options::g() }\n")
    (crate / "config/options.rs").write_text("use super::f;\n")
    assert cycles(imports(crate)) == [["config/mod.rs", "config/options.rs"]]
