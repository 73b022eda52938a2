"""The table of sizes: what an installation takes, dependencies included. Compiled .pyc files do not count: whether and
when they are written is the installer's choice.
"""

from __future__ import annotations

import zipfile
from collections.abc import Iterator, Sequence
from importlib import metadata, util
from pathlib import Path

from machine import PEERS
from tables import print_table

_OURS = "renumerate_sdk"
_PEER = "urllib3"


def print_sizes(wheel: Path | None) -> None:
    own: dict[str, int | None] = {_OURS: _package_size(_OURS), **{name: _distribution_size(name) for name in PEERS}}
    try:
        needs = {name: _dependencies(name) for name in PEERS}
    except ModuleNotFoundError as error:
        print(f"\nno table of sizes: {error}")
        return
    total = {
        name: size + sum(_distribution_size(need) or 0 for need in needs.get(name, []))
        for name, size in own.items()
        if size is not None
    }
    rows: dict[str, Sequence[str] | str] = {}
    for name, size in own.items():
        if size is None:
            rows[name] = "is missing"
            continue
        ratio = f"{total[name] / total[_PEER]:.2f}" if _PEER in total else "-"
        rows[name] = [_megabytes(size), _megabytes(total[name]), ratio, str(len(needs.get(name, [])))]
    print_table(f"installed, without .pyc files; ratios to {_PEER}", ["alone", "in all", "ratio", "dependencies"], rows)
    print(f"of {_OURS}, native code: {_megabytes(_native_size(_files_of_package(_OURS)))}")
    if wheel is not None:
        _print_wheel(wheel)


def _print_wheel(wheel: Path) -> None:
    with zipfile.ZipFile(wheel) as archive:
        entries = archive.infolist()
    native = [entry for entry in entries if entry.filename.endswith((".so", ".pyd"))]
    print(
        f"its wheel: {_megabytes(wheel.stat().st_size)}; unpacked: "
        f"{_megabytes(sum(entry.file_size for entry in entries))}, of it native code: "
        f"{_megabytes(sum(entry.file_size for entry in native))}"
    )


def _package_size(package: str) -> int | None:
    """Of a package's folder: an editable installation does not list its files."""
    return sum(file.stat().st_size for file in _files_of_package(package)) or None


def _files_of_package(package: str) -> list[Path]:
    spec = util.find_spec(package)
    folders = spec.submodule_search_locations if spec else None
    return [
        file for folder in folders or [] for file in Path(folder).rglob("*") if file.is_file() and file.suffix != ".pyc"
    ]


def _native_size(files: list[Path]) -> int:
    return sum(file.stat().st_size for file in files if file.suffix in (".so", ".pyd"))


def _distribution_size(name: str) -> int | None:
    try:
        files = metadata.files(name)
    except metadata.PackageNotFoundError:
        return None
    paths = [Path(str(file.locate())) for file in files or [] if file.suffix != ".pyc"]
    return sum(path.stat().st_size for path in paths if path.is_file())


def _dependencies(name: str) -> set[str]:
    """Those that an installation without extras brings here, theirs included."""
    found: set[str] = set()
    waiting = [name]
    while waiting:
        for need in _direct_dependencies(waiting.pop()):
            if need not in found:
                found.add(need)
                waiting.append(need)
    return found


def _direct_dependencies(name: str) -> Iterator[str]:
    from packaging.requirements import Requirement
    from packaging.utils import canonicalize_name

    try:
        requires = metadata.requires(name) or []
    except metadata.PackageNotFoundError:
        return
    for line in requires:
        requirement = Requirement(line)
        if requirement.marker is None or requirement.marker.evaluate({"extra": ""}):
            yield canonicalize_name(requirement.name)


def _megabytes(size: int) -> str:
    return f"{size / 1e6:.2f} MB"
