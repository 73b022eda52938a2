"""The tables of calls: what one costs the client, beside what it costs peers."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from async_contenders import ASYNC_CONTENDERS
from bench_server import BenchServer
from job import Job
from rounds import Rounds, interleaved
from sync_contenders import SYNC_CONTENDERS
from tables import print_table


@dataclass(frozen=True)
class Section:
    title: str
    kind: str
    """Of the contenders: `sync` or `async`."""
    at_once: int
    client_on: int | None
    server_on: int
    by_time: bool
    """Whether the times of calls are told, or how many there were in a second."""

    @property
    def contenders(self) -> list[str]:
        return list(ASYNC_CONTENDERS if self.kind == "async" else SYNC_CONTENDERS)

    @property
    def peer(self) -> str:
        """Whom the others are compared with: of those with a pool, the quickest."""
        return "aiohttp" if self.kind == "async" else "urllib3"


# A woken processor costs more than most of these calls do. On one processor the client's own cost shows; on two it is
# nearer to a server elsewhere.
SECTIONS = {
    "one-cpu": Section("sync, 1 at a time, client and server on one processor", "sync", 1, 0, 0, by_time=True),
    "two-cpus": Section("sync, 1 at a time, each on its own processor", "sync", 1, 0, 1, by_time=True),
    "threads": Section("sync, in 16 threads, not pinned", "sync", 16, None, 1, by_time=False),
    "asyncio-1": Section("asyncio, 1 at a time, not pinned", "async", 1, None, 1, by_time=False),
    "asyncio-64": Section("asyncio, 64 at once (gather), not pinned", "async", 64, None, 1, by_time=False),
}


def print_calls(section: Section, server: BenchServer, count: int, seconds: float) -> None:
    jobs = {
        name: Job(section.kind, name, server.urls[section.server_on], section.at_once, section.client_on)
        for name in section.contenders
    }
    results = interleaved(jobs, server, section.server_on, count, seconds)
    peer = results[section.peer]
    figures = {
        name: result if isinstance(result, str) else _figures(section, result, peer) for name, result in results.items()
    }
    head = ["wall/call" if section.by_time else "calls/s", "ratio", "CPU/call", "ratio"]
    title = f"{section.title}; ratios to {section.peer}"
    print_table(title, [*head, "spread", "requests", "calls", "not 200"], figures)
    for name, result in results.items():
        if isinstance(result, Rounds) and not result.calls == result.good == result.requests:
            print(f"! {name}: {result.calls} calls, {result.good} sessions, {result.requests} requests: not one number")


def _figures(section: Section, rounds: Rounds, peer: Rounds | str) -> Sequence[str]:
    wall, cpu = "-", "-"
    if isinstance(peer, Rounds):
        wall = f"{rounds.wall / peer.wall if section.by_time else peer.wall / rounds.wall:.2f}"
        cpu = f"{rounds.cpu / peer.cpu:.2f}"
    return [
        f"{rounds.wall * 1e6:.1f} us" if section.by_time else f"{1 / rounds.wall:,.0f}",
        wall,
        f"{rounds.cpu * 1e6:.1f} us",
        cpu,
        f"{rounds.spread:.0%}",
        str(rounds.requests),
        str(rounds.calls),
        str(rounds.refused),
    ]
