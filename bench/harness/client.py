"""A client that measures each of its exchanges."""

import json
import socket
import time


class Client:
    """One connection, and the exact time of each exchange."""

    def __init__(self, port: int, key: str):
        self.socket = socket.create_connection(("127.0.0.1", port))
        self.socket.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        self.key = key

    def request(self, method: str, target: str, body: dict | None) -> bytes:
        content = json.dumps(body).encode() if body is not None else b""
        head = f"{method} {target} HTTP/1.1\r\nHost: x\r\nAuthorization: Bearer {self.key}\r\n"
        if content:
            head += f"Content-Type: application/json\r\nContent-Length: {len(content)}\r\n"
        return head.encode() + b"\r\n" + content

    def exchange(self, request: bytes) -> tuple[int, int]:
        """The status, and the nanoseconds that the answer took."""
        begin = time.perf_counter_ns()
        self.socket.sendall(request)
        answer = self.socket.recv(65536)
        took = time.perf_counter_ns() - begin
        head_end = answer.index(b"\r\n\r\n")
        length = int(answer.lower().partition(b"content-length: ")[2].partition(b"\r\n")[0])
        while len(answer) < head_end + 4 + length:
            answer += self.socket.recv(65536)
        return int(answer[9:12]), took
