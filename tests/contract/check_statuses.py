"""Prints the number of responses by status. Fails if an expected status is missing."""

import json
import sys
from collections import Counter
from urllib.request import urlopen

# The description also contains 500: see `schemathesis.toml`.
EXPECTED = {200, 400, 401, 404, 405, 429}

with urlopen(f"{sys.argv[1]}/_sandbox/requests") as response:
    counts = Counter(request["status"] for request in json.load(response)["requests"])
print("responses:", ", ".join(f"{count} with status {status}" for status, count in sorted(counts.items())))
if missing := EXPECTED - counts.keys():
    sys.exit(f"no response had status {sorted(missing)}: use another seed or more examples")
