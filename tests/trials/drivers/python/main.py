"""The driver of Python's two clients: see ../README.md."""

from __future__ import annotations

import json
import logging
import sys
from typing import Any

from asynchronous import Asynchronous
from blocking import Blocking

FACES = {"python-sync": Blocking, "python-async": Asynchronous}


def listen(log: bool) -> None:
    """The package's log, at its lowest level, to standard error; or none of it."""
    logger = logging.getLogger("renumerate_sdk")
    logger.setLevel(1 if log else logging.CRITICAL)
    if log and not logger.handlers:
        handler = logging.StreamHandler(sys.stderr)
        handler.setFormatter(logging.Formatter("%(levelname)s %(name)s %(message)s"))
        logger.addHandler(handler)


def main() -> None:
    face = FACES[sys.argv[1]]()
    for line in sys.stdin:
        what: dict[str, Any] = json.loads(line)
        match what["do"]:
            case "open":
                listen(what.get("log", True))
                answer = face.open(what["client"])
            case "call":
                answer = face.call(what)
            case "calls":
                answer = face.calls(what["count"], what["at_once"])
            case "cancel":
                answer = face.cancel(what["count"], what["at_once"], what["longest"])
            case "measure":
                answer = face.measure()
            case "close":
                face.close()
                answer = {"closed": True}
            case other:
                raise ValueError(other)
        print(json.dumps(answer), flush=True)
    face.close()


main()
