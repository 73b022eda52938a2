"""The table of threads and sockets that our clients make, stage by stage."""

from __future__ import annotations

import json
import subprocess
import sys
from collections.abc import Sequence
from pathlib import Path

from machine import clean_environment
from tables import print_table

_PROBE = Path(__file__).with_name("footprint_probe.py")
_CLIENTS = ("Client", "AsyncClient")
_STAGES = ("before", "imported", "constructed", "loop runs", "called")


def print_footprint(url: str) -> None:
    rows: dict[str, Sequence[str] | str] = {}
    for client in _CLIENTS:
        name = f"renumerate_sdk.{client}"
        probe = subprocess.run(
            [sys.executable, _PROBE, client, url],
            check=False,
            env=clean_environment(),
            stdout=subprocess.PIPE,
            text=True,
        )
        if probe.returncode != 0:
            rows[name] = f"failed with status {probe.returncode}: see its message on stderr"
            continue
        stages = json.loads(probe.stdout)
        rows[f"{name}, threads"] = [str(stages[stage][0]) if stage in stages else "" for stage in _STAGES]
        rows[f"{name}, sockets"] = [str(stages[stage][1]) if stage in stages else "" for stage in _STAGES]
    print_table("threads and open sockets; an asyncio loop has two sockets of its own", _STAGES, rows)
