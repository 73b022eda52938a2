"""The table of imports: what a fresh interpreter takes longer because of one, its .pyc files being there."""

from __future__ import annotations

import subprocess
import sys
import time
from statistics import median

from machine import PEERS, clean_environment
from tables import print_table

_TIMES = 20
_EMPTY = "pass"
_PEER = "urllib3"

# AsyncClient is imported when it is first asked for, and asyncio with it.
_STATEMENTS = {
    "renumerate_sdk": "import renumerate_sdk",
    "renumerate_sdk.AsyncClient": "from renumerate_sdk import AsyncClient",
    "asyncio alone": "import asyncio",
    **{name: f"import {name}" for name in PEERS},
}


def print_imports() -> None:
    environment = clean_environment()
    failures = {name: failure for name, code in _STATEMENTS.items() if (failure := _first_run(code, environment))}
    statements = {
        "": _EMPTY,
        **{name: code for name, code in _STATEMENTS.items() if name not in failures},
    }
    times: dict[str, list[float]] = {name: [] for name in statements}
    for _ in range(_TIMES):
        for name, code in statements.items():
            times[name].append(_seconds(code, environment))
    empty = times.pop("")
    net = {name: (median(taken) - median(empty), min(taken) - min(empty)) for name, taken in times.items()}
    print_table(
        f"import, net of an empty interpreter ({median(empty) * 1e3:.1f} ms); {_TIMES} fresh interpreters each; "
        f"ratios to {_PEER}",
        ["median", "ratio", "least"],
        {name: failures.get(name) or _figures(net, name) for name in _STATEMENTS},
    )


def _figures(net: dict[str, tuple[float, float]], name: str) -> list[str]:
    middle, least = net[name]
    ratio = f"{middle / net[_PEER][0]:.3f}" if _PEER in net else "-"
    return [f"{middle * 1e3:.1f} ms", ratio, f"{least * 1e3:.1f} ms"]


def _first_run(code: str, environment: dict[str, str]) -> str | None:
    """Writes the .pyc files. Returns what goes wrong, if anything does."""
    run = subprocess.run(_command(code), check=False, env=environment, stderr=subprocess.PIPE, text=True)
    return f"is missing: {run.stderr.splitlines()[-1]}" if run.returncode != 0 else None


def _seconds(code: str, environment: dict[str, str]) -> float:
    started = time.perf_counter()
    subprocess.run(_command(code), env=environment, check=True)
    return time.perf_counter() - started


def _command(code: str) -> list[str]:
    return [sys.executable, "-I", "-c", code]
