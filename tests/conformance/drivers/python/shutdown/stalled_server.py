"""Server whose responses are delayed until the scenario sends them."""

from __future__ import annotations

import gc
import json
import socket
import time

_TIMEOUT = 10.0  # seconds

CLIENT_TIMEOUT = 300.0
"""Timeout of clients in seconds. It does not expire during a scenario."""


class StalledServer:
    """A server that responds only in `respond`. Without a thread, it reads requests only in `wait_for_calls`."""

    def __init__(self) -> None:
        self._listener = socket.create_server(("127.0.0.1", 0), backlog=128)
        self._listener.settimeout(_TIMEOUT)
        self._connections: list[socket.socket] = []
        self.url = f"http://127.0.0.1:{self._listener.getsockname()[1]}"

    def wait_for_calls(self, count: int) -> None:
        """Waits until this many calls are pending."""
        while len(self._connections) < count:
            connection, _ = self._listener.accept()
            connection.settimeout(_TIMEOUT)
            if connection.recv(65536):
                self._connections.append(connection)

    def wait_for_disconnects(self) -> None:
        """Waits until all callers have disconnected.

        Collects garbage, because a thread may still keep a closed loop and its calls alive.
        """
        deadline = time.monotonic() + _TIMEOUT
        for connection in self._connections:
            connection.settimeout(0.05)
            while not _is_disconnected(connection):
                if time.monotonic() > deadline:
                    raise TimeoutError("an abandoned call is still connected")
                gc.collect()
            connection.close()
        self._connections.clear()

    def respond(self) -> None:
        """Completes all pending calls, each with a different session."""
        for number, connection in enumerate(self._connections):
            body = json.dumps({"id": f"ret_stalled_{number}"})
            head = f"HTTP/1.1 200 OK\r\nContent-Type: application/json\r\nContent-Length: {len(body)}\r\n\r\n"
            connection.sendall((head + body).encode())


def _is_disconnected(connection: socket.socket) -> bool:
    try:
        return not connection.recv(65536)
    except TimeoutError:
        return False
