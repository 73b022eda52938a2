"""Writes the URL of the source repository into the manifests, and checks that packages contain it.

The files of the repository do not contain its URL. A release takes the URL of the repository in which it runs. The POMs
get it from `bindings/kotlin/jars`.

    repository.py write URL           writes the URL into the manifests, before packages are built
    repository.py check URL FOLDER    checks that each package in the folder, such as target/packages, contains the URL
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


def edit_workspace(text: str, url: str, _path: str) -> str:
    text = re.sub(r'^repository = ".*"\n', "", text, flags=re.MULTILINE)
    return re.sub(r"^(homepage = .*\n)", rf'\1repository = "{url}"\n', text, count=1, flags=re.MULTILINE)


def edit_crate(text: str, _url: str, _path: str) -> str:
    text = re.sub(r"^repository\b.*\n", "", text, flags=re.MULTILINE)
    return re.sub(r"^(homepage\.workspace .*\n)", r"\1repository.workspace = true\n", text, count=1, flags=re.MULTILINE)


def edit_pyproject(text: str, url: str, _path: str) -> str:
    text = re.sub(r'^Repository = ".*"\n', "", text, flags=re.MULTILINE)
    return re.sub(r"^(\[project\.urls]\n)", rf'\1Repository = "{url}"\n', text, count=1, flags=re.MULTILINE)


def edit_package_json(text: str, url: str, path: str) -> str:
    package = json.loads(text)
    # npm compares it with the repository in the provenance.
    package["repository"] = {"type": "git", "url": f"git+{url}.git", "directory": str(Path(path).parent)}
    return json.dumps(package, indent=2, ensure_ascii=False) + "\n"


MANIFESTS: dict[str, Callable[[str, str, str], str]] = {
    "Cargo.toml": edit_workspace,
    **{f"crates/{crate}/Cargo.toml": edit_crate for crate in CRATES},
    "bindings/python/pyproject.toml": edit_pyproject,
    "bindings/python/sandbox/pyproject.toml": edit_pyproject,
    "bindings/node/package.json": edit_package_json,
    "bindings/node/sandbox/package.json": edit_package_json,
}


def write(url: str, root: Path = ROOT) -> None:
    for path, edit in MANIFESTS.items():
        text = edit((root / path).read_text("utf-8"), url, path)
        if url not in text and "repository.workspace = true" not in text:
            raise SystemExit(f"cannot add the repository to {path}: packages/repository.py does not know its form")
        (root / path).write_text(text, "utf-8")


def read_zip(pattern: str) -> Callable[[Path], str]:
    """Returns a function that reads the first matching file of a zip archive."""

    def read(package: Path) -> str:
        with zipfile.ZipFile(package) as archive:
            return archive.read(next(name for name in archive.namelist() if re.search(pattern, name))).decode()

    return read


def read_tar(pattern: str) -> Callable[[Path], str]:
    """Returns a function that reads the first matching file of a tar archive."""

    def read(package: Path) -> str:
        with tarfile.open(package) as archive:
            file = archive.extractfile(next(name for name in archive.getnames() if re.search(pattern, name)))
            return file.read().decode() if file else ""

    return read


# How to read the metadata of the packages, by their paths in the folder. The archives of the command have no metadata.
METADATA: dict[str, Callable[[Path], str]] = {
    "python/*.whl": read_zip(r"\.dist-info/METADATA$"),
    "python/*.tar.gz": read_tar(r"^[^/]*/PKG-INFO$"),
    "node/*.tgz": read_tar(r"^package/package\.json$"),
    "rust/*.crate": read_tar(r"^[^/]*/Cargo\.toml$"),
    "jvm/**/*.pom": lambda pom: pom.read_text("utf-8"),
}


def check(url: str, folder: Path) -> None:
    errors = []
    for pattern, read in METADATA.items():
        packages = sorted(folder.glob(pattern))
        if not packages:
            errors.append(f"no {pattern} in {folder}")
        for package in packages:
            try:
                metadata = read(package)
            except StopIteration:
                errors.append(f"{package} has no metadata")
                continue
            if not re.search(rf"{re.escape(url)}(?![\w/-])", metadata):
                errors.append(f"{package} does not contain {url}: run `repository.py write` before building packages")
    if errors:
        raise SystemExit("\n".join(errors))


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
