"""The server's own HTTP transport with a fixed answer (http_floor.cpp): what making the answer adds to it."""

import subprocess

from harness.context import SERVER_CORE, Context
from harness.ports import free_port, wait_for_listener


class Transport:
    """Answers every request with `body`, from the server's core."""

    key = ""

    def __init__(self, context: Context, name: str, body: bytes):
        file = context.work / f"{name}.body"
        file.write_bytes(body)
        self.port = free_port()
        line = ["taskset", "-c", SERVER_CORE,
                *context.program("http_floor", "--port", self.port, "--threads", 1, "--body", file)]
        self.process = subprocess.Popen(line, stdout=subprocess.DEVNULL)
        self.pid = self.process.pid  # taskset execs, so it stays its own
        wait_for_listener(self.port, self.process)

    def __enter__(self):
        return self

    def __exit__(self, *_):
        self.process.terminate()
        self.process.wait(10)
