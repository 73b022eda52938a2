"""What a release does at the registries: at hand-made ones, by real npm and gpg."""

from __future__ import annotations

import base64
import hashlib
import io
import json
import subprocess
import tarfile
import threading
import zipfile
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path

import publish_maven
import publish_npm
import pytest

ITS = "1.2.3"
"""The version of what is published here."""
PASSPHRASE = "a passphrase with spaces"


class Registry:
    """Answers by method and path, and keeps what it was asked."""

    def __init__(self) -> None:
        registry = self
        self.answers: dict[str, list[tuple[int, str]]] = {}
        self.asked: list[tuple[str, str | None, bytes]] = []

        class Handler(BaseHTTPRequestHandler):
            def answer(self) -> None:
                body = self.rfile.read(int(self.headers.get("Content-Length", 0)))
                registry.asked.append((f"{self.command} {self.path}", self.headers["Authorization"], body))
                answers = registry.answers.get(f"{self.command} {self.path.partition('?')[0]}", [(404, "{}")])
                status, said = answers.pop(0) if len(answers) > 1 else answers[0]
                self.send_response(status)
                self.send_header("Content-Length", str(len(said.encode())))
                self.end_headers()
                self.wfile.write(said.encode())

            do_GET = do_POST = do_PUT = answer

            def log_message(self, *_: object) -> None:
                pass

        self.server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        self.url = f"http://127.0.0.1:{self.server.server_address[1]}"

    def of(self, start: str) -> list[tuple[str, str | None, bytes]]:
        return [each for each in self.asked if each[0].startswith(start)]


@pytest.fixture
def registry() -> Iterator[Registry]:
    registry = Registry()
    thread = threading.Thread(target=registry.server.serve_forever)
    thread.start()
    yield registry
    registry.server.shutdown()
    thread.join()
    registry.server.server_close()


UPLOAD, STATUS, PUBLISHED = (f"/api/v1/publisher/{name}" for name in ("upload", "status", "published"))


@pytest.fixture(scope="module")
def key(tmp_path_factory: pytest.TempPathFactory) -> Iterator[tuple[Path, str]]:
    """A key of this test alone: where gpg keeps it, and what the setting of a repository would hold."""
    # Not below the test's own folder: the name of the agent's socket has a length at most.
    home = tmp_path_factory.mktemp("g")
    gpg = ["gpg", "--homedir", str(home), "--batch", "--quiet", "--pinentry-mode", "loopback"]
    home.chmod(0o700)
    with_passphrase = [*gpg, "--passphrase", PASSPHRASE]
    # Of those of Ed25519, gpg cannot read back one in a few.
    subprocess.run([*with_passphrase, "--quick-generate-key", "a@example.com", "rsa2048", "sign", "1d"], check=True)
    exported = subprocess.run([*with_passphrase, "--armor", "--export-secret-keys"], check=True, capture_output=True)
    yield home, exported.stdout.decode()
    subprocess.run(["gpgconf", "--homedir", home, "--kill", "all"], check=True)


@pytest.fixture
def maven(tmp_path: Path, key: tuple[Path, str], monkeypatch: pytest.MonkeyPatch) -> Path:
    """A repository as Maven writes it into a folder, and the secrets."""
    repository = tmp_path / "repository"
    for name, files in {"renumerate-parent": ["pom"], "renumerate-kotlin": ["pom", "jar"]}.items():
        module = repository / "com/renumerate" / name / ITS
        module.mkdir(parents=True)
        for kind in files:
            (module / f"{name}-{ITS}.{kind}").write_text(f"{name} {kind}")
        (module.parent / "maven-metadata-local.xml").write_text("for Maven alone")
        (module / "_remote.repositories").write_text("for Maven alone")
    for variable, value in {
        "MAVEN_CENTRAL_USER": "user",
        "MAVEN_CENTRAL_TOKEN": "token",
        "MAVEN_GPG_KEY": key[1],
        "MAVEN_GPG_PASSPHRASE": PASSPHRASE,
    }.items():
        monkeypatch.setenv(variable, value)
    return repository


def test_maven_central_is_given_all_of_it_signed(
    registry: Registry, maven: Path, key: tuple[Path, str], tmp_path: Path
) -> None:
    states = ["PENDING", "VALIDATING", "PUBLISHING", "PUBLISHED"]
    registry.answers = {
        f"GET {PUBLISHED}": [(200, '{"published": false}')],
        f"POST {UPLOAD}": [(201, "an-id")],
        f"POST {STATUS}": [(200, json.dumps({"deploymentState": state})) for state in states],
    }
    publish_maven.publish(maven, registry.url, pause=0)

    [(asked, authorization, body)] = registry.of(f"POST {UPLOAD}")
    assert asked.endswith(f"?name=renumerate-{ITS}&publishingType=AUTOMATIC")
    assert authorization == f"UserToken {base64.b64encode(b'user:token').decode()}"
    assert [each[0] for each in registry.of(f"POST {STATUS}")] == [f"POST {STATUS}?id=an-id"] * len(states)
    start = body.index(b"\r\n\r\n") + 4
    assert f'name="bundle"; filename="renumerate-{ITS}.zip"'.encode() in body[:start]
    files = [f"renumerate-kotlin-{ITS}.{kind}" for kind in ("jar", "pom")] + [f"renumerate-parent-{ITS}.pom"]
    with zipfile.ZipFile(io.BytesIO(body[start : body.rindex(b"\r\n--")])) as bundle:
        names = {Path(name).name: name for name in bundle.namelist()}
        assert names.keys() == {f"{file}{end}" for file in files for end in ("", ".asc", ".md5", ".sha1")}
        bundle.extractall(tmp_path / "bundle")
    for file in files:
        here = tmp_path / "bundle" / names[file]
        assert names[file].startswith("com/renumerate/renumerate-") and f"/{ITS}/{file}" in names[file]
        content = here.read_bytes()
        assert content == (maven / names[file]).read_bytes()
        assert Path(f"{here}.md5").read_text() == hashlib.md5(content).hexdigest()
        assert Path(f"{here}.sha1").read_text() == hashlib.sha1(content).hexdigest()
        verify = ["gpg", "--homedir", str(key[0]), "--batch", "--verify", f"{here}.asc", str(here)]
        subprocess.run(verify, check=True, capture_output=True)


def test_what_maven_central_refuses_is_said(registry: Registry, maven: Path) -> None:
    registry.answers = {
        f"GET {PUBLISHED}": [(200, '{"published": false}')],
        f"POST {UPLOAD}": [(201, "an-id")],
        f"POST {STATUS}": [(200, '{"deploymentState": "FAILED", "errors": {"a.pom": ["no scm"]}}')],
    }
    with pytest.raises(SystemExit, match="no scm"):
        publish_maven.publish(maven, registry.url, pause=0)
    registry.answers[f"POST {UPLOAD}"] = [(401, "who are you?")]
    with pytest.raises(SystemExit, match=r"401 to upload: who are you\?"):
        publish_maven.publish(maven, registry.url, pause=0)


def test_maven_central_is_given_nothing_twice(registry: Registry, maven: Path) -> None:
    registry.answers = {f"GET {PUBLISHED}": [(200, '{"published": true}')]}
    publish_maven.publish(maven, registry.url, pause=0)
    assert not registry.of("POST")
    asked = {each[0].partition("?")[2] for each in registry.of("GET")}
    names = ("renumerate-kotlin", "renumerate-parent")
    assert asked == {f"namespace=com.renumerate&name={name}&version={ITS}" for name in names}


@pytest.mark.parametrize("name", ["MAVEN_CENTRAL_TOKEN", "MAVEN_GPG_KEY"])
def test_a_secret_that_is_missing_is_named(
    registry: Registry, maven: Path, name: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv(name, "")
    registry.answers = {f"GET {PUBLISHED}": [(200, '{"published": false}')]}
    with pytest.raises(SystemExit, match=f"{name} is not set"):
        publish_maven.publish(maven, registry.url, pause=0)
    assert not registry.of("POST")


def packed(folder: Path, name: str, **needs: dict[str, str]) -> None:
    manifest = json.dumps({"name": name, "version": ITS, **needs}).encode()
    with tarfile.open(folder / f"{name.replace('@', '').replace('/', '-')}-{ITS}.tgz", "w:gz") as archive:
        entry = tarfile.TarInfo("package/package.json")
        entry.size = len(manifest)
        archive.addfile(entry, io.BytesIO(manifest))


def test_npm_is_given_what_is_asked_for_before_what_asks(tmp_path: Path) -> None:
    platforms = ["@renumerate/node-linux-x64-gnu", "@renumerate/zz-last"]
    packed(
        tmp_path,
        "@renumerate/node",
        optionalDependencies=dict.fromkeys(platforms, ITS),
        peerDependencies={"@renumerate/sandbox": ITS},
        dependencies={"others": "1"},
    )
    for name in [*platforms, "@renumerate/sandbox"]:
        packed(tmp_path, name)
    names = [name for _archive, name, _version in publish_npm.in_order(tmp_path)]
    assert sorted(names) == sorted(["@renumerate/node", "@renumerate/sandbox", *platforms])
    assert names.index("@renumerate/node") == len(names) - 1


def test_npm_says_what_it_has(registry: Registry, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("npm_config_registry", registry.url)
    monkeypatch.setenv("npm_config_fetch_retries", "0")
    there = {"name": "@renumerate/node", "dist-tags": {"latest": ITS}, "versions": {ITS: {"version": ITS}}}
    registry.answers = {"GET /@renumerate%2fnode": [(200, json.dumps(there))]}
    assert publish_npm.is_published("@renumerate/node", ITS)
    assert not publish_npm.is_published("@renumerate/node", "1.2.4")
    assert not publish_npm.is_published("@renumerate/sandbox", ITS)
    registry.answers = {"GET /@renumerate%2fsandbox": [(503, "{}")]}
    with pytest.raises(SystemExit, match="does not say whether"):
        publish_npm.is_published("@renumerate/sandbox", "1.2.4")
