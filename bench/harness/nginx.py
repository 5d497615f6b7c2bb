"""A private nginx that gives fixed answers from memory: what HTTP costs at least on this machine."""

import shutil
import subprocess
import tempfile
import time
from pathlib import Path

from harness.machine import children_of
from harness.ports import free_port, wait_for_listener

CONFIG = """
worker_processes 1;
daemon off;
pid {folder}/nginx.pid;
error_log {folder}/error.log;
events {{ worker_connections 1024; }}
http {{
  access_log off;
  keepalive_requests 1000000000;
  keepalive_timeout 1h;
  client_max_body_size 2m;
  client_body_buffer_size 1m;
  client_body_temp_path {folder}/body;
  proxy_temp_path {folder}/proxy;
  fastcgi_temp_path {folder}/fastcgi;
  uwsgi_temp_path {folder}/uwsgi;
  scgi_temp_path {folder}/scgi;
  sendfile on;
  tcp_nopush on;
  open_file_cache max=100 inactive=1h;
  open_file_cache_valid 1h;
  types {{ }}
  default_type application/json;
  server {{
    listen 127.0.0.1:{port} backlog=1024;
    root {folder}/answers;
    error_page 405 =200 $uri;
    {locations}
  }}
}}
"""

# The longest text that nginx takes in its configuration, with room for quoting.
INLINE_BYTES_MAX = 3000

# The path whose answer, a small one, goes for all that have none of their own.
EVERYTHING_ELSE = "/"


class Nginx:
    """Answers path → body for every method. Small bodies stand in its configuration (`return 200`, the fastest
    answer that it has), larger ones are files in memory behind its cache of open files. Without `core` it runs
    wherever the system puts it."""

    key = ""

    def __init__(self, answers: dict[str, bytes], core: int | None):
        memory = Path("/dev/shm")
        self.folder = Path(tempfile.mkdtemp(prefix="nginx-bench-", dir=memory if memory.is_dir() else None))
        self.folder.chmod(0o755)
        self.port = free_port()
        (self.folder / "answers").mkdir()
        locations = []
        for path, body in answers.items():
            if len(body) <= INLINE_BYTES_MAX and b"$" not in body:
                text = body.decode().replace("\\", "\\\\").replace("'", "\\'")
                match = path if path == EVERYTHING_ELSE else f"= {path}"
                locations.append(f"location {match} {{ return 200 '{text}'; }}")
            else:
                file = self.folder / "answers" / path.lstrip("/")
                file.parent.mkdir(parents=True, exist_ok=True)
                file.write_bytes(body)
                locations.append(f"location = {path} {{ }}")
        config = self.folder / "nginx.conf"
        config.write_text(CONFIG.format(folder=self.folder, port=self.port, locations="\n    ".join(locations)))
        pin = ["taskset", "-c", str(core)] if core is not None else []
        line = pin + ["nginx", "-e", f"{self.folder}/error.log", "-p", str(self.folder), "-c", str(config)]
        self.process = subprocess.Popen(line, stderr=subprocess.DEVNULL)
        wait_for_listener(self.port, self.process)
        self.pid = self._worker()

    def _worker(self) -> int:
        for _ in range(100):
            workers = children_of(self.process.pid)
            if workers:
                return workers[0]
            time.sleep(0.02)
        raise RuntimeError("nginx has no worker")

    def __enter__(self):
        return self

    def __exit__(self, *_):
        self.process.terminate()
        self.process.wait(10)
        shutil.rmtree(self.folder, ignore_errors=True)
