"""Import graph of a Rust crate's files, from their `use` declarations and paths.

An import of a re-exported name counts as an import from the file that defines it. Unit tests are ignored.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from pathlib import Path

Path_ = tuple[str, ...]

_NOISE = re.compile(r'//[^\n]*|/\*.*?\*/|r#"(?:.*?)"#|"(?:[^"\\]|\\.)*"|\'(?:[^\'\\]|\\.[^\']*)\'', re.DOTALL)
_USE = re.compile(r"^\s*(pub(?:\([^)]*\))?\s+)?use\s+([^;]+);", re.MULTILINE)
_CHILD = re.compile(r"^\s*(?:pub(?:\([^)]*\))?\s+)?mod\s+(\w+);", re.MULTILINE)


def imports(source: Path) -> dict[str, set[str]]:
    """Returns the files of the crate in this folder, each with the files from which it imports, as relative paths."""
    files = {_module_of(path.relative_to(source)): path for path in sorted(source.rglob("*.rs"))}
    texts = {module: _code(path.read_text("utf-8")) for module, path in files.items()}
    exports = {module: dict(_exports(module, text)) for module, text in texts.items()}
    names = {module: path.relative_to(source).as_posix() for module, path in files.items()}
    graph: dict[str, set[str]] = {name: set() for name in names.values()}
    for module, text in texts.items():
        reexported = set(exports[module].values())
        for path in _paths(module, text):
            target = _resolve(path, texts.keys(), exports)
            # A parent that re-exports a name from its own child does not depend on the child.
            if target is not None and target != module and path not in reexported:
                graph[names[module]].add(names[target])
    return graph


def cycles(graph: dict[str, set[str]]) -> list[list[str]]:
    """Returns the groups of files that import from each other, directly or indirectly."""
    reachable = {start: _reachable(start, graph) for start in graph}
    groups = {
        tuple(sorted(other for other in reachable[start] if start in reachable[other]))
        for start in graph
        if start in reachable[start]
    }
    return [list(group) for group in sorted(groups)]


def _reachable(start: str, graph: dict[str, set[str]]) -> set[str]:
    seen: set[str] = set()
    pending = list(graph[start])
    while pending:
        if (each := pending.pop()) not in seen:
            seen.add(each)
            pending.extend(graph[each])
    return seen


def _module_of(path: Path) -> Path_:
    parts = path.with_suffix("").parts
    return parts[:-1] if parts[-1] in ("mod", "lib") else parts


def _code(text: str) -> str:
    text = _NOISE.sub(" ", text)
    return re.split(r"#\[cfg\((?:all\()?test\b[^\]]*\]\s*(?:#\[[^\]]*\]\s*)*mod \w+ \{", text)[0]


def _paths(module: Path_, text: str) -> Iterator[Path_]:
    for match in _USE.finditer(text):
        for path, _ in _expand(match[2]):
            if (absolute := _absolute(module, path)) is not None:
                yield absolute
    starts = "|".join(["crate", "super", "self", *_CHILD.findall(text)])
    for match in re.finditer(rf"(?<![\w:])(?:{starts})(?:::\w+)+", _USE.sub(" ", text)):
        if (absolute := _absolute(module, tuple(match[0].split("::")))) is not None:
            yield absolute


def _exports(module: Path_, text: str) -> Iterator[tuple[str, Path_]]:
    for match in _USE.finditer(text):
        if match[1]:
            for path, name in _expand(match[2]):
                if (absolute := _absolute(module, path)) is not None:
                    yield name, absolute


def _expand(tree: str) -> Iterator[tuple[Path_, str]]:
    """Yields the paths of a `use` tree, each with its name in the importing module."""
    tree = " ".join(tree.split())
    if "{" in tree:
        prefix, inner = tree.split("{", 1)
        for part in _split(inner.rsplit("}", 1)[0]):
            for path, name in _expand(part):
                whole = (*filter(None, prefix.strip().split("::")), *path)
                yield (whole[:-1], whole[-2]) if whole[-1] == "self" and len(whole) > 1 else (whole, name)
    elif tree:
        path, _, alias = tree.partition(" as ")
        parts = tuple(path.strip().split("::"))
        yield parts, alias.strip() or parts[-1]


def _split(text: str) -> Iterator[str]:
    depth, part = 0, ""
    for character in text:
        depth += {"{": 1, "}": -1}.get(character, 0)
        if character == "," and depth == 0:
            yield part.strip()
            part = ""
        else:
            part += character
    yield part.strip()


def _absolute(module: Path_, path: Path_) -> Path_ | None:
    first, *rest = path
    if first == "crate":
        return tuple(rest)
    if first == "self":
        return (*module, *rest)
    if first == "super":
        while rest and rest[0] == "super":
            module, rest = module[:-1], rest[1:]
        return (*module[:-1], *rest)
    return (*module, *path)  # a child module or another crate; `_resolve` finds no file for a crate


def _resolve(path: Path_, modules: object, exports: dict[Path_, dict[str, Path_]], depth: int = 0) -> Path_ | None:
    """Returns the module that defines the item at the path."""
    known = set(modules)  # type: ignore[call-overload]
    for length in range(len(path), 0, -1):
        module = path[:length]
        if module not in known:
            continue
        rest = path[length:]
        if rest and depth < 8 and (target := exports[module].get(rest[0])) is not None:
            return _resolve((*target, *rest[1:]), known, exports, depth + 1)
        return module
    if path and depth < 8 and (target := exports.get((), {}).get(path[0])) is not None:
        return _resolve((*target, *path[1:]), known, exports, depth + 1)
    return None
