"""Where the sources are, in every manifest that is published.

The tree does not say it: a release does, of the repository that it runs in. Maven is told by bindings/kotlin/jars.

    repository.py write URL           puts it into the manifests; the packages are to be built from these
    repository.py check URL FOLDER    looks for it in the packages below the folder
"""

from __future__ import annotations

import json
import re
import sys
import tarfile
import zipfile
from collections.abc import Callable
from pathlib import Path

ROOT = Path(__file__).parents[1]
CRATES = ["renumerate", "renumerate-sandbox", "renumerate-cli"]


def in_workspace(text: str, url: str, _path: str) -> str:
    text = re.sub(r'^repository = ".*"\n', "", text, flags=re.MULTILINE)
    return re.sub(r"^(homepage = .*\n)", rf'\1repository = "{url}"\n', text, count=1, flags=re.MULTILINE)


def in_crate(text: str, _url: str, _path: str) -> str:
    text = re.sub(r"^repository\b.*\n", "", text, flags=re.MULTILINE)
    return re.sub(r"^(homepage\.workspace .*\n)", r"\1repository.workspace = true\n", text, count=1, flags=re.MULTILINE)


def in_pyproject(text: str, url: str, _path: str) -> str:
    text = re.sub(r'^Repository = ".*"\n', "", text, flags=re.MULTILINE)
    return re.sub(r"^(\[project\.urls]\n)", rf'\1Repository = "{url}"\n', text, count=1, flags=re.MULTILINE)


def in_npm(text: str, url: str, path: str) -> str:
    package = json.loads(text)
    # npm holds it against the repository that asks for provenance.
    package["repository"] = {"type": "git", "url": f"git+{url}.git", "directory": str(Path(path).parent)}
    return json.dumps(package, indent=2, ensure_ascii=False) + "\n"


MANIFESTS: dict[str, Callable[[str, str, str], str]] = {
    "Cargo.toml": in_workspace,
    **{f"crates/{crate}/Cargo.toml": in_crate for crate in CRATES},
    "bindings/python/pyproject.toml": in_pyproject,
    "bindings/python/sandbox/pyproject.toml": in_pyproject,
    "bindings/node/package.json": in_npm,
    "bindings/node/sandbox/package.json": in_npm,
}


def write(url: str, root: Path = ROOT) -> None:
    for path, put in MANIFESTS.items():
        text = put((root / path).read_text("utf-8"), url, path)
        if url not in text and "repository.workspace = true" not in text:
            raise SystemExit(f"{path} has no place for its repository that packages/repository.py knows")
        (root / path).write_text(text, "utf-8")


def in_zip(name: str) -> Callable[[Path], str]:
    def text(package: Path) -> str:
        with zipfile.ZipFile(package) as archive:
            return archive.read(next(each for each in archive.namelist() if re.search(name, each))).decode()

    return text


def in_tar(name: str) -> Callable[[Path], str]:
    def text(package: Path) -> str:
        with tarfile.open(package) as archive:
            found = archive.extractfile(next(each for each in archive.getnames() if re.search(name, each)))
            return found.read().decode() if found else ""

    return text


# What a package of each kind says of itself. A POM stands beside its jars; that of a module names its parent's scm.
METADATA: dict[str, Callable[[Path], str]] = {
    "*.whl": in_zip(r"\.dist-info/METADATA$"),
    "*.tar.gz": in_tar(r"^[^/]*/PKG-INFO$"),
    "*.tgz": in_tar(r"^package/package\.json$"),
    "*.crate": in_tar(r"^[^/]*/Cargo\.toml$"),
    "renumerate-parent*.pom": lambda pom: pom.read_text("utf-8"),
}


def check(url: str, folder: Path) -> None:
    silent = []
    for kind, metadata in METADATA.items():
        packages = sorted(folder.rglob(kind))
        if not packages:
            silent.append(f"no {kind} is below {folder}")
        for package in packages:
            try:
                said = metadata(package)
            except StopIteration:
                silent.append(f"{package} has no metadata")
                continue
            if not re.search(rf"{re.escape(url)}(?![\w/-])", said):
                silent.append(f"{package} does not name {url}: run `repository.py write` before the packages are built")
    if silent:
        raise SystemExit("\n".join(silent))


def main(arguments: list[str]) -> None:
    match arguments:
        case ["write", url] if re.fullmatch(r"https://[\w.-]+/[\w.-]+/[\w.-]+", url):
            write(url)
        case ["check", url, folder]:
            check(url, Path(folder))
        case _:
            raise SystemExit(__doc__)


if __name__ == "__main__":
    main(sys.argv[1:])
