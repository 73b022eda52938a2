"""Running sandbox, described by the line that it prints when it has started."""

from __future__ import annotations

import json
import os
from dataclasses import dataclass


@dataclass(frozen=True)
class Sandbox:
    url: str
    private_key: str

    @classmethod
    def from_json(cls, line: str) -> Sandbox:
        info = json.loads(line)
        return cls(info["url"], info["private_key"])

    def environment(self, path: str) -> dict[str, str]:
        """Returns the environment of a program that calls the sandbox, with this PATH."""
        inherited = {name: os.environ[name] for name in ("HOME", "TMPDIR", "JAVA_HOME", "LANG") if name in os.environ}
        return {**inherited, "PATH": path, "RENUMERATE_BASE_URL": self.url, "RENUMERATE_PRIVATE_KEY": self.private_key}
