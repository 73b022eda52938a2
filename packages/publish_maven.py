"""Signs what a Maven repository in a folder holds, and publishes it to Maven Central: `publish_maven.py FOLDER [URL]`.

The files are those that have been tried: Maven's plugin would build them anew. The environment has the token of the
portal (MAVEN_CENTRAL_USER, MAVEN_CENTRAL_TOKEN), the private key (MAVEN_GPG_KEY) and its
passphrase (MAVEN_GPG_PASSPHRASE). What is there already stays: it can be run again.
"""

from __future__ import annotations

import base64
import hashlib
import io
import json
import os
import subprocess
import sys
import tempfile
import time
import urllib.error
import urllib.request
import zipfile
from pathlib import Path
from typing import Any
from urllib.parse import urlencode

PORTAL = "https://central.sonatype.com"
PAUSE, PATIENCE = 10, 50 * 60
"""Seconds between two looks at what the portal does, and of all of them."""
NOT_PUBLISHED = (".asc", ".md5", ".sha1", ".sha256", ".sha512", ".repositories", ".lastUpdated", ".xml")
"""Ends of names: what is made here, and what Maven keeps for itself."""


def secret(name: str) -> str:
    value = os.environ.get(name)
    if not value:
        raise SystemExit(f"{name} is not set: put it into the environment maven-central of the repository's settings")
    return value


class Portal:
    def __init__(self, url: str) -> None:
        self.url = url
        token = f"{secret('MAVEN_CENTRAL_USER')}:{secret('MAVEN_CENTRAL_TOKEN')}"
        self.authorization = f"UserToken {base64.b64encode(token.encode()).decode()}"

    def ask(self, method: str, path: str, query: dict[str, str], body: bytes = b"", kind: str = "") -> str:
        request = urllib.request.Request(f"{self.url}/api/v1/publisher/{path}?{urlencode(query)}", method=method)
        request.add_header("Authorization", self.authorization)
        if method == "POST":
            request.data = body
            request.add_header("Content-Type", kind or "application/octet-stream")
        try:
            with urllib.request.urlopen(request, timeout=600) as answer:
                return answer.read().decode()
        except urllib.error.HTTPError as error:
            raise SystemExit(f"Maven Central answered {error.code} to {path}: {error.read().decode()}") from error

    def has(self, module: Path, version: str) -> bool:
        query = {"namespace": ".".join(module.parent.parts), "name": module.name, "version": version}
        return bool(json.loads(self.ask("GET", "published", query))["published"])

    def upload(self, name: str, bundle: bytes) -> str:
        boundary = hashlib.sha256(bundle).hexdigest()
        head = f'--{boundary}\r\nContent-Disposition: form-data; name="bundle"; filename="{name}.zip"\r\n'
        head += "Content-Type: application/octet-stream\r\n\r\n"
        body = head.encode() + bundle + f"\r\n--{boundary}--\r\n".encode()
        query = {"name": name, "publishingType": "AUTOMATIC"}
        return self.ask("POST", "upload", query, body, f"multipart/form-data; boundary={boundary}").strip()

    def wait_for(self, deployment: str, pause: float) -> None:
        ends = time.monotonic() + PATIENCE
        while time.monotonic() < ends:
            status: dict[str, Any] = json.loads(self.ask("POST", "status", {"id": deployment}))
            state = status["deploymentState"]
            if state == "PUBLISHED":
                return
            if state == "FAILED":
                raise SystemExit(f"Maven Central refused it: {json.dumps(status.get('errors'), indent=2)}")
            time.sleep(pause)
        raise SystemExit(f"{deployment} is not published after {PATIENCE // 60} minutes: look at {self.url}/publishing")


def modules(folder: Path) -> list[tuple[Path, str, list[Path]]]:
    """The modules of the repository, each with its version and files."""
    found = [
        (pom.parent.parent.relative_to(folder), pom.parent.name, sorted(pom.parent.iterdir()))
        for pom in sorted(folder.rglob("*.pom"))
    ]
    if not found:
        raise SystemExit(f"{folder} holds no Maven repository")
    return [
        (module, version, [file for file in files if not file.name.endswith(NOT_PUBLISHED)])
        for module, version, files in found
    ]


def signatures(files: list[Path]) -> dict[Path, bytes]:
    key, passphrase = secret("MAVEN_GPG_KEY"), secret("MAVEN_GPG_PASSPHRASE")
    with tempfile.TemporaryDirectory() as home:
        gpg = ["gpg", "--homedir", home, "--batch", "--quiet", "--pinentry-mode", "loopback"]

        def run(*arguments: str, said: str) -> bytes:
            done = subprocess.run([*gpg, *arguments], input=said.encode(), capture_output=True, check=False)
            if done.returncode != 0:
                raise SystemExit(f"gpg could not {arguments[-1]}: {done.stderr.decode()}")
            return done.stdout

        try:
            run("--import", said=key)
            detached = ["--passphrase-fd", "0", "--armor", "--output", "-", "--detach-sign"]
            return {file: run(*detached, str(file), said=passphrase) for file in files}
        finally:
            subprocess.run(["gpgconf", "--homedir", home, "--kill", "gpg-agent"], check=False)


def bundle(folder: Path, files: list[Path]) -> bytes:
    packed = io.BytesIO()
    signed = signatures(files)
    with zipfile.ZipFile(packed, "w", zipfile.ZIP_DEFLATED) as archive:
        for file in files:
            name, content = file.relative_to(folder).as_posix(), file.read_bytes()
            archive.writestr(name, content)
            archive.writestr(f"{name}.asc", signed[file])
            archive.writestr(f"{name}.md5", hashlib.md5(content, usedforsecurity=False).hexdigest())
            archive.writestr(f"{name}.sha1", hashlib.sha1(content, usedforsecurity=False).hexdigest())
    return packed.getvalue()


def publish(folder: Path, url: str = PORTAL, pause: float = PAUSE) -> None:
    portal = Portal(url)
    missing = [each for each in modules(folder) if not portal.has(each[0], each[1])]
    if not missing:
        print("all of it is there already")
        return
    files = [file for _module, _version, its in missing for file in its]
    deployment = portal.upload(f"renumerate-{missing[0][1]}", bundle(folder, files))
    print(f"{deployment} holds " + ", ".join(f"{module.name} {version}" for module, version, _files in missing))
    portal.wait_for(deployment, pause)


if __name__ == "__main__":
    if len(sys.argv) not in (2, 3):
        raise SystemExit(__doc__)
    publish(Path(sys.argv[1]), *sys.argv[2:])
