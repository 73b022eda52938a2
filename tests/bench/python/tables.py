"""Plain-text tables: the name on the left, figures on the right."""

from __future__ import annotations

from collections.abc import Sequence

_NAMES = 28  # how wide they are at least: columns of most tables stand below each other


def print_table(title: str, head: Sequence[str], rows: dict[str, Sequence[str] | str]) -> None:
    """A row that is one string is a remark instead of figures."""
    figures = [row for row in rows.values() if not isinstance(row, str)]
    widths = [max(map(len, column)) + 2 for column in zip(head, *figures, strict=True)]
    names = max(_NAMES, *map(len, rows))
    print(f"\n{title}")
    print(_line("".ljust(names), head, widths))
    for name, row in rows.items():
        name = name.ljust(names)
        print(f"{name}  {row}" if isinstance(row, str) else _line(name, row, widths))
    print(end="", flush=True)


def _line(name: str, cells: Sequence[str], widths: Sequence[int]) -> str:
    return name + "".join(f"{cell:>{width}}" for cell, width in zip(cells, widths, strict=True))
