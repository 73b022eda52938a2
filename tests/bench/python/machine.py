"""Where this runs, and an environment for measured processes that has nothing special in it."""

from __future__ import annotations

import os
import platform
import re
from importlib import metadata
from pathlib import Path

# Proxies and files of certificates are looked at by some libraries for each call, others can be told to run without
# their native parts, and an interpreter can be told to write no .pyc files. RENUMERATE_* would change our client.
_CHANGES_A_CLIENT = re.compile(
    r".*_PROXY|(REQUESTS|CURL)_CA_BUNDLE|SSL_CERT_(FILE|DIR)|RENUMERATE_.*|STRIPE_.*|PYTHON.*|.*_NO_EXTENSIONS",
    re.IGNORECASE,
)

PEERS = ("urllib3", "requests", "httpx", "aiohttp", "stripe")


def clean_environment() -> dict[str, str]:
    return {name: value for name, value in os.environ.items() if not _CHANGES_A_CLIENT.fullmatch(name)}


def can_pin() -> bool:
    """Whether the two processors that the server keeps to are ours."""
    return {0, 1} <= os.sched_getaffinity(0)


def facts() -> str:
    """One line."""
    load = ", ".join(f"{average:.1f}" for average in os.getloadavg())
    return (
        f"{platform.python_implementation()} {platform.python_version()}, {platform.system()} {platform.machine()}, "
        f"{_processor()}, {len(os.sched_getaffinity(0))} processors; load before: {load}"
    )


def versions() -> str:
    """Of the peers, in one line."""
    return ", ".join(f"{name} {_version(name)}" for name in PEERS)


def _version(distribution: str) -> str:
    try:
        return metadata.version(distribution)
    except metadata.PackageNotFoundError:
        return "(missing)"


def _processor() -> str:
    """The model; `platform.processor` does not know it on Linux."""
    model = re.search(r"^model name\s*: (.+)$", Path("/proc/cpuinfo").read_text(), re.MULTILINE)
    return model[1] if model else "an unnamed processor"
