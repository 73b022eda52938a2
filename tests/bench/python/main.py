"""The SDK for Python beside its peers, in one run: calls, imports, threads and sockets, sizes.

Rounds are interleaved and each contender has a process of its own. Ratios are what to quote: machines are noisy, and
differ. Nothing is asserted of times.
"""

from __future__ import annotations

import argparse
import sys
import time
from pathlib import Path

import machine
from bench_server import BenchServer
from calls import SECTIONS, print_calls
from footprint import print_footprint
from imports import print_imports
from sizes import print_sizes

_OTHER_SECTIONS = ("imports", "footprint", "sizes")


def main() -> None:
    arguments = parse()
    if sys.platform != "linux":
        sys.exit("this counts threads and sockets in /proc and pins processes to processors: it needs Linux")
    started = time.monotonic()
    print(machine.facts())
    print(machine.versions())
    print(
        f"{arguments.rounds} interleaved rounds of {arguments.seconds:g} s for each contender, over loopback; "
        "figures are medians."
    )
    print("Machines are noisy: quote ratios, and take those that differ by less than the spread for a tie.")
    print("A ratio is the figure before it divided by the peer's. CPU is that of the client's process alone.")
    if not machine.can_pin():
        print("! processors 0 and 1 are not both ours: who runs where is the scheduler's choice")
    with BenchServer(arguments.server) as server:
        for section in arguments.only:
            if section in SECTIONS:
                print_calls(SECTIONS[section], server, arguments.rounds, arguments.seconds)
            elif section == "imports":
                print_imports()
            elif section == "footprint":
                print_footprint(server.urls[1])
            elif section == "sizes":
                print_sizes(arguments.wheel)
    print(f"\nall that took {time.monotonic() - started:.0f} s")


def parse() -> argparse.Namespace:
    sections = (*SECTIONS, *_OTHER_SECTIONS)
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--server", type=Path, required=True, help="the program renumerate-bench")
    parser.add_argument("--wheel", type=Path, help="a wheel of the SDK, to tell its size")
    parser.add_argument("--rounds", type=int, default=7, help="how many for each contender (%(default)s)")
    parser.add_argument("--seconds", type=float, default=0.5, help="how long each takes (%(default)s)")
    parser.add_argument(
        "--only", nargs="+", choices=sections, default=sections, metavar="SECTION", help=", ".join(sections)
    )
    arguments = parser.parse_args()
    if arguments.rounds < 1 or arguments.seconds <= 0:
        parser.error("there must be a round, and it must take time")
    return arguments


if __name__ == "__main__":
    main()
