"""Publishing to Maven Central and npm: the scripts run with real gpg and npm against a local registry."""

from __future__ import annotations

import base64
import io
import json
import os
import shutil
import subprocess
import tarfile
import threading
import zipfile
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path

import pytest

SCRIPTS = Path(__file__).parents[2] / "packages"
VERSION = "1.2.3"
PASSPHRASE = "a passphrase with spaces"


class Registry:
    """HTTP server that responds by method and path, and records the requests."""

    def __init__(self) -> None:
        registry = self
        self.responses: dict[str, list[tuple[int, str]]] = {}
        self.requests: list[tuple[str, str | None, bytes]] = []

        class Handler(BaseHTTPRequestHandler):
            def respond(self) -> None:
                body = self.rfile.read(int(self.headers.get("Content-Length", 0)))
                registry.requests.append((f"{self.command} {self.path}", self.headers["Authorization"], body))
                responses = registry.responses.get(f"{self.command} {self.path.partition('?')[0]}", [(404, "{}")])
                status, text = responses.pop(0) if len(responses) > 1 else responses[0]
                self.send_response(status)
                self.send_header("Content-Length", str(len(text.encode())))
                self.end_headers()
                self.wfile.write(text.encode())

            do_GET = do_POST = do_PUT = respond

            def log_message(self, *_: object) -> None:
                pass

        self.server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        self.url = f"http://127.0.0.1:{self.server.server_address[1]}"

    def requests_to(self, start: str) -> list[tuple[str, str | None, bytes]]:
        return [request for request in self.requests if request[0].startswith(start)]


@pytest.fixture
def registry() -> Iterator[Registry]:
    registry = Registry()
    thread = threading.Thread(target=registry.server.serve_forever)
    thread.start()
    yield registry
    registry.server.shutdown()
    thread.join()
    registry.server.server_close()


def run(script: str, folder: Path, **variables: str) -> subprocess.CompletedProcess[str]:
    environment = {**os.environ, **variables}
    command = [SCRIPTS / script, folder]
    return subprocess.run(command, env=environment, capture_output=True, text=True, timeout=300, check=False)


UPLOAD, STATUS, PUBLISHED = (f"/api/v1/publisher/{name}" for name in ("upload", "status", "published"))
MODULES = {"renumerate-kotlin": ["pom", "jar"], "renumerate-testing": ["pom", "jar"]}


@pytest.fixture(scope="module")
def key(tmp_path_factory: pytest.TempPathFactory) -> Iterator[tuple[Path, str]]:
    """The folder of a gpg key, and its private key in ASCII armour."""
    # A short path, because the length of the path of the agent's socket is limited.
    home = tmp_path_factory.mktemp("g")
    gpg = ["gpg", "--homedir", str(home), "--batch", "--quiet", "--pinentry-mode", "loopback"]
    home.chmod(0o700)
    with_passphrase = [*gpg, "--passphrase", PASSPHRASE]
    # RSA, because gpg fails to import some exported Ed25519 keys.
    subprocess.run([*with_passphrase, "--quick-generate-key", "a@example.com", "rsa2048", "sign", "1d"], check=True)
    exported = subprocess.run([*with_passphrase, "--armor", "--export-secret-keys"], check=True, capture_output=True)
    yield home, exported.stdout.decode()
    subprocess.run(["gpgconf", "--homedir", home, "--kill", "all"], check=True)


@pytest.fixture
def repository(tmp_path: Path) -> Path:
    """A repository in the form in which `mvn deploy` writes it."""
    repository = tmp_path / "repository"
    for name, kinds in MODULES.items():
        version = repository / "com/renumerate" / name / VERSION
        version.mkdir(parents=True)
        for kind in kinds:
            for suffix in ("", ".md5", ".sha1"):
                (version / f"{name}-{VERSION}.{kind}{suffix}").write_text(f"{name} {kind}{suffix}")
        (version.parent / "maven-metadata.xml").write_text("metadata")
    return repository


@pytest.fixture
def settings(registry: Registry, key: tuple[Path, str]) -> dict[str, str]:
    """The environment of `publish-maven`."""
    return {
        "MAVEN_CENTRAL_URL": registry.url,
        "MAVEN_CENTRAL_USER": "user",
        "MAVEN_CENTRAL_TOKEN": "token",
        "MAVEN_GPG_KEY": key[1],
        "MAVEN_GPG_PASSPHRASE": PASSPHRASE,
        "POLL_SECONDS": "0",
    }


def test_maven_artifacts_are_signed_and_uploaded_unchanged(
    registry: Registry, repository: Path, settings: dict[str, str], key: tuple[Path, str], tmp_path: Path
) -> None:
    states = ["PENDING", "VALIDATING", "PUBLISHING", "PUBLISHED"]
    registry.responses = {
        f"GET {PUBLISHED}": [(200, '{"published": false}')],
        f"POST {UPLOAD}": [(201, "an-id")],
        f"POST {STATUS}": [(200, json.dumps({"deploymentState": state})) for state in states],
    }
    done = run("publish-maven", repository, **settings)
    assert done.returncode == 0, done.stderr

    [(request, authorization, body)] = registry.requests_to(f"POST {UPLOAD}")
    assert request.endswith(f"?name=renumerate-{VERSION}&publishingType=AUTOMATIC")
    assert authorization == f"Bearer {base64.b64encode(b'user:token').decode()}"
    assert [each[0] for each in registry.requests_to(f"POST {STATUS}")] == [f"POST {STATUS}?id=an-id"] * len(states)
    start = body.index(b"\r\n\r\n") + 4
    assert b'name="bundle"; filename="bundle.zip"' in body[:start]
    assert b"Content-Type: application/octet-stream" in body[:start]
    artifacts = {
        f"com/renumerate/{name}/{VERSION}/{name}-{VERSION}.{kind}" for name, kinds in MODULES.items() for kind in kinds
    }
    with zipfile.ZipFile(io.BytesIO(body[start : body.rindex(b"\r\n--")])) as bundle:
        names = {f"{artifact}{suffix}" for artifact in artifacts for suffix in ("", ".asc", ".md5", ".sha1")}
        assert set(bundle.namelist()) == names
        bundle.extractall(tmp_path / "bundle")
    for name in names:
        file = tmp_path / "bundle" / name
        if file.suffix == ".asc":
            verify = ["gpg", "--homedir", str(key[0]), "--batch", "--verify", file, file.with_suffix("")]
            subprocess.run(verify, check=True, capture_output=True)
        else:
            assert file.read_bytes() == (repository / name).read_bytes()


def test_rejection_by_maven_central_is_reported(registry: Registry, repository: Path, settings: dict[str, str]) -> None:
    registry.responses = {
        f"GET {PUBLISHED}": [(200, '{"published": false}')],
        f"POST {UPLOAD}": [(201, "an-id")],
        f"POST {STATUS}": [(200, '{"deploymentState": "FAILED", "errors": {"a.pom": ["no scm"]}}')],
    }
    failed = run("publish-maven", repository, **settings)
    assert failed.returncode != 0 and "no scm" in failed.stderr
    for path in (f"POST {UPLOAD}", f"GET {PUBLISHED}"):
        registry.responses[path] = [(401, "invalid token")]
        failed = run("publish-maven", repository, **settings)
        assert failed.returncode != 0 and "invalid token" in failed.stderr and "401" in failed.stderr


def test_published_maven_modules_are_skipped(registry: Registry, repository: Path, settings: dict[str, str]) -> None:
    registry.responses = {
        f"GET {PUBLISHED}": [(200, '{"published": true}'), (200, '{"published": false}')],
        f"POST {UPLOAD}": [(201, "an-id")],
        f"POST {STATUS}": [(200, '{"deploymentState": "PUBLISHED"}')],
    }
    assert run("publish-maven", repository, **settings).returncode == 0
    queries = [request.partition("?")[2] for request, *_rest in registry.requests_to("GET")]
    assert queries == [f"namespace=com.renumerate&name={name}&version={VERSION}" for name in MODULES]
    [(_request, _authorization, body)] = registry.requests_to(f"POST {UPLOAD}")
    assert b"renumerate-testing" in body and b"renumerate-kotlin" not in body

    registry.requests.clear()
    registry.responses = {f"GET {PUBLISHED}": [(200, '{"published": true}')]}
    assert run("publish-maven", repository, **settings).returncode == 0
    assert not registry.requests_to("POST")


def test_empty_folder_is_an_error(registry: Registry, tmp_path: Path, settings: dict[str, str]) -> None:
    for script in ("publish-maven", "publish-npm"):
        failed = run(script, tmp_path, **settings)
        assert failed.returncode != 0 and "no match" in failed.stderr, script
    assert not registry.requests


@pytest.mark.parametrize("name", ["MAVEN_CENTRAL_TOKEN", "MAVEN_GPG_KEY"])
def test_missing_secret_is_named(registry: Registry, repository: Path, settings: dict[str, str], name: str) -> None:
    failed = run("publish-maven", repository, **{**settings, name: ""})
    assert failed.returncode != 0 and f"{name} is not set" in failed.stderr
    assert not registry.requests


@pytest.fixture
def npm(registry: Registry, tmp_path: Path) -> dict[str, str]:
    """An environment in which `npm publish` only records its arguments, because provenance needs a workflow."""
    program = tmp_path / "programs/npm"
    program.parent.mkdir()
    program.write_text(
        f'#!/bin/sh\n[ "$1" = publish ] || exec {shutil.which("npm")} "$@"\necho "$*" >>{tmp_path}/published\n'
    )
    program.chmod(0o755)
    return {
        "PATH": f"{program.parent}:{os.environ['PATH']}",
        "npm_config_registry": registry.url,
        "npm_config_fetch_retries": "0",
    }


@pytest.fixture
def archives(tmp_path: Path) -> Path:
    folder = tmp_path / "archives"
    folder.mkdir()
    for name in ("node", "node-linux-x64-gnu", "sandbox"):
        manifest = json.dumps({"name": f"@renumerate/{name}", "version": VERSION}).encode()
        with tarfile.open(folder / f"renumerate-{name}-{VERSION}.tgz", "w:gz") as archive:
            entry = tarfile.TarInfo("package/package.json")
            entry.size = len(manifest)
            archive.addfile(entry, io.BytesIO(manifest))
    return folder


def test_npm_platform_packages_are_published_first(archives: Path, npm: dict[str, str], tmp_path: Path) -> None:
    done = run("publish-npm", archives, **npm)
    assert done.returncode == 0, done.stderr
    order = ["sandbox", "node-linux-x64-gnu", "node"]
    assert (tmp_path / "published").read_text().splitlines() == [
        f"publish {archives}/renumerate-{name}-{VERSION}.tgz --provenance --access public" for name in order
    ]


def test_published_npm_versions_are_skipped(
    registry: Registry, archives: Path, npm: dict[str, str], tmp_path: Path
) -> None:
    for name, version in {"sandbox": VERSION, "node": "1.2.2"}.items():
        document = {"name": f"@renumerate/{name}", "dist-tags": {"latest": version}}
        document["versions"] = {version: {"name": f"@renumerate/{name}", "version": version}}
        registry.responses[f"GET /@renumerate%2f{name}"] = [(200, json.dumps(document))]
    assert run("publish-npm", archives, **npm).returncode == 0
    published = (tmp_path / "published").read_text()
    assert f"renumerate-node-{VERSION}.tgz" in published and f"renumerate-sandbox-{VERSION}.tgz" not in published


def test_npm_publishes_nothing_if_the_lookup_fails(
    registry: Registry, archives: Path, npm: dict[str, str], tmp_path: Path
) -> None:
    registry.responses = {"GET /@renumerate%2fsandbox": [(503, "{}")]}
    failed = run("publish-npm", archives, **npm)
    assert failed.returncode != 0
    assert f"cannot look up @renumerate/sandbox@{VERSION}" in failed.stderr
    assert not (tmp_path / "published").exists()
