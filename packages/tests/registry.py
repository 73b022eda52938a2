"""Local npm registry that serves the archives in a folder."""

from __future__ import annotations

import base64
import hashlib
import json
import tarfile
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any
from urllib.parse import unquote


def manifest(archive: Path) -> dict[str, Any]:
    with tarfile.open(archive) as packed:
        file = packed.extractfile("package/package.json")
        assert file is not None
        return json.load(file)


def document(archive: Path, url: str) -> dict[str, Any]:
    """Returns the registry's metadata of a package with one version."""
    package = manifest(archive)
    integrity = base64.b64encode(hashlib.sha512(archive.read_bytes()).digest()).decode()
    version = {**package, "dist": {"tarball": f"{url}/-/{archive.name}", "integrity": f"sha512-{integrity}"}}
    return {
        "name": package["name"],
        "dist-tags": {"latest": package["version"]},
        "versions": {package["version"]: version},
    }


@contextmanager
def registry(folder: Path) -> Iterator[str]:
    """Serves the archives in the folder. Yields the URL of the registry."""
    archives = {archive.name: archive for archive in folder.glob("*.tgz")}

    class Handler(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            name = unquote(self.path).strip("/")
            if name.startswith("-/") and (archive := archives.get(name[2:])):
                return self.respond(200, archive.read_bytes())
            for archive in archives.values():
                if manifest(archive)["name"] == name:
                    return self.respond(200, json.dumps(document(archive, url)).encode())
            return self.respond(404, b"{}")

        def respond(self, status: int, body: bytes) -> None:
            self.send_response(status)
            self.send_header("content-length", str(len(body)))
            self.end_headers()
            self.wfile.write(body)

        def log_message(self, *_: object) -> None:
            pass

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    url = f"http://127.0.0.1:{server.server_port}"
    thread = threading.Thread(target=server.serve_forever)
    thread.start()
    try:
        yield url
    finally:
        server.shutdown()
        thread.join()
        server.server_close()
