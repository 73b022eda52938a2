"""Driver of the two Python clients. `tests/README.md` documents the protocol."""

from __future__ import annotations

import json
import logging
import sys
from typing import Any

from asynchronous import Asynchronous
from blocking import Blocking

FLAVORS = {"python-sync": Blocking, "python-async": Asynchronous}


def configure_log(log: bool) -> None:
    """Logs everything to standard error, or nothing."""
    logger = logging.getLogger("renumerate_sdk")
    logger.setLevel(1 if log else logging.CRITICAL)
    if log and not logger.handlers:
        handler = logging.StreamHandler(sys.stderr)
        handler.setFormatter(logging.Formatter("%(levelname)s %(name)s %(message)s"))
        logger.addHandler(handler)


def main() -> None:
    flavor = FLAVORS[sys.argv[1]]()
    for line in sys.stdin:
        command: dict[str, Any] = json.loads(line)
        match command["do"]:
            case "open":
                configure_log(command.get("log", True))
                reply = flavor.open(command["client"])
            case "call":
                reply = flavor.call(command)
            case "calls":
                reply = flavor.calls(command["count"], command["concurrency"])
            case "cancel":
                reply = flavor.cancel(command["count"], command["concurrency"], command["max_delay"])
            case "measure":
                reply = flavor.measure()
            case "close":
                flavor.close()
                reply = {"closed": True}
            case other:
                raise ValueError(other)
        print(json.dumps(reply), flush=True)
    flavor.close()


main()
