"""A service that holds requests: what is asked of it is under way until it answers, or until the caller hangs up."""

from __future__ import annotations

import gc
import json
import socket
import time

_PATIENCE = 10.0  # seconds

LONGEST = 300.0
"""Seconds: with these as its limits a client does not give up first."""


class Held:
    """It needs no thread: requests lie in their sockets until somebody waits for them."""

    def __init__(self) -> None:
        self._listener = socket.create_server(("127.0.0.1", 0), backlog=128)
        self._listener.settimeout(_PATIENCE)
        self._connections: list[socket.socket] = []
        self.url = f"http://127.0.0.1:{self._listener.getsockname()[1]}"

    def wait_for_calls(self, count: int) -> None:
        """Waits until so many are under way."""
        while len(self._connections) < count:
            connection, _ = self._listener.accept()
            connection.settimeout(_PATIENCE)
            if connection.recv(65536):
                self._connections.append(connection)

    def wait_for_their_end(self) -> None:
        """Waits until the callers have hung up, and collects garbage meanwhile: a thread may hold a closed loop a
        little longer, and with it the calls."""
        ends = time.monotonic() + _PATIENCE
        for connection in self._connections:
            connection.settimeout(0.05)
            while not _hung_up(connection):
                if time.monotonic() > ends:
                    raise TimeoutError("a call is under way that nobody waits for")
                gc.collect()
            connection.close()
        self._connections.clear()

    def answer(self) -> None:
        """Answers all that are under way, each with a session of its own."""
        for number, connection in enumerate(self._connections):
            body = json.dumps({"id": f"ret_held_{number}"})
            head = f"HTTP/1.1 200 OK\r\nContent-Type: application/json\r\nContent-Length: {len(body)}\r\n\r\n"
            connection.sendall((head + body).encode())


def _hung_up(connection: socket.socket) -> bool:
    try:
        return not connection.recv(65536)
    except TimeoutError:
        return False
