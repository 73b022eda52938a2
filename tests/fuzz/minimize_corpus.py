"""Selects a small corpus: `minimize_corpus.py CONTROL FOLDER` copies the selected inputs into the folder.

Inputs with a name, instead of a hash, are always selected. The others are selected by the number of branches that they
add. The control file comes from a merge of libFuzzer: it lists the inputs and the branches that each of them reaches.
"""

import re
import shutil
import sys
from pathlib import Path

MAX_INPUTS = 48
"""Further inputs would add only one or two branches each."""

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
selected = 0
while selected < MAX_INPUTS and reaches:
    # Prefer the smallest of several inputs that add the same number of branches.
    best = max(reaches, key=lambda name: (len(reaches[name] - reached), -Path(name).stat().st_size, name))
    added = reaches.pop(best) - reached
    if not added:
        break
    reached |= added
    shutil.copy(best, folder)
    selected += 1
everything = reached.union(*reaches.values())
print(
    f"selected {selected} inputs without a name; all selected inputs reach {len(reached)} of {len(everything)} branches"
)
