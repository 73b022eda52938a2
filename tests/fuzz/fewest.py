"""fewest.py CONTROL FOLDER: copies into the folder the inputs that together reach the most code, few enough to be kept,
and those that somebody gave a name.

The control file is libFuzzer's, of a merge: the inputs' names, and for each of them what it reaches.
"""

import re
import shutil
import sys
from pathlib import Path

MOST = 48
"""Beyond these an input adds a branch or two."""

control, folder = Path(sys.argv[1]), Path(sys.argv[2])
lines = control.read_text().splitlines()
names = lines[2 : 2 + int(lines[0])]
reaches: dict[str, set[int]] = {}
for line in lines[2 + len(names) :]:
    kind, number, *features = line.split()
    if kind == "FT":
        reaches[names[int(number)]] = {int(feature) for feature in features}
reached: set[int] = set()
for name in names:
    if not re.fullmatch("[0-9a-f]{40}", Path(name).name):
        reached |= reaches.pop(name, set())
        shutil.copy(name, folder)
kept = 0
while kept < MOST and reaches:
    # Of those that add as much, the smaller one, which is the easier to read.
    best = max(reaches, key=lambda name: (len(reaches[name] - reached), -Path(name).stat().st_size, name))
    added = reaches.pop(best) - reached
    if not added:
        break
    reached |= added
    shutil.copy(best, folder)
    kept += 1
everything = reached.union(*reaches.values())
print(f"{kept} inputs are kept beside those with names, and reach {len(reached)} of {len(everything)} branches")
