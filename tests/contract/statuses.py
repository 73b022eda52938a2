"""Prints how the sandbox answered, by status, and fails where one that is described never came."""

import json
import sys
from collections import Counter
from urllib.request import urlopen

# 500 is described too: see `schemathesis.toml`.
WANTED = {200, 400, 401, 404, 405, 429}

with urlopen(f"{sys.argv[1]}/_sandbox/requests") as answer:
    came = Counter(request["status"] for request in json.load(answer)["requests"])
print("answered", ", ".join(f"{count} by {status}" for status, count in sorted(came.items())))
if missing := WANTED - came.keys():
    sys.exit(f"no request was answered by {sorted(missing)}: the run has not shown what these look like")
