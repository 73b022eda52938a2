"""A sandbox, by what it says when it has started."""

from __future__ import annotations

import json
import os
from dataclasses import dataclass


@dataclass(frozen=True)
class Sandbox:
    url: str
    private_key: str

    @classmethod
    def told(cls, line: str) -> Sandbox:
        said = json.loads(line)
        return cls(said["url"], said["private_key"])

    def environment(self, path: str) -> dict[str, str]:
        """That of a program which calls it, and which finds commands there."""
        kept = {name: os.environ[name] for name in ("HOME", "TMPDIR", "JAVA_HOME", "LANG") if name in os.environ}
        return {**kept, "PATH": path, "RENUMERATE_BASE_URL": self.url, "RENUMERATE_PRIVATE_KEY": self.private_key}
