"""Prints the number of responses by status. Fails if an expected status of an endpoint is missing."""

import json
import sys
from collections import Counter
from urllib.request import urlopen

# The description also contains 500: see `schemathesis.toml`.
EXPECTED = {200, 400, 401, 404, 405, 429}


def load(path: str) -> dict:
    with urlopen(f"{sys.argv[1]}/_sandbox/{path}") as response:
        return json.load(response)


requests = load("requests")["requests"]
missing = {}
for endpoint in load("openapi.json")["paths"]:
    counts = Counter(request["status"] for request in requests if request["path"].split("?")[0] == endpoint)
    print(f"{endpoint}:", ", ".join(f"{count} with status {status}" for status, count in sorted(counts.items())))
    missing[endpoint] = sorted(EXPECTED - counts.keys())
if any(missing.values()):
    sys.exit(f"no response had these statuses: {missing}; use another seed or more examples")
