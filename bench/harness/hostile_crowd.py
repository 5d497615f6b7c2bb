#!/usr/bin/env python3
"""A crowd of clients that are slow, silent or too loud, as a program of its own: hostile_crowd.py PORT COUNT ITEM, with
a key of theirs on the standard input. Says "ready" when all are in, and goes on until it is killed. Whoever is thrown
out comes again.

    silent     says nothing
    half       begins a request and says no more
    slow_head  sends a header a byte at a time, four a second
    slow_body  sends a body so
    deaf       asks for the whole history of ITEM, some megabytes, and does not read it
    huge       sends 20 MiB where one is allowed, as fast as it can
"""

import itertools
import os
import select
import socket
import struct
import sys
import time

MEBIBYTE = 1 << 20
HUGE_BYTES = 20 * MEBIBYTE
BLOCK = b" " * 65536
TICK_SECONDS = 0.25
ENTERING_MAX = 300  # at a time
LOUD = {"slow_head": 150, "slow_body": 150, "deaf": 60, "huge": 20}


class Guest:
    def __init__(self, kind: str, port: int):
        self.kind = kind
        self.is_in = False
        self.left = HUGE_BYTES if kind == "huge" else 0
        self.socket = socket.socket()
        self.socket.setblocking(False)
        # Leaves without a trace: its port may be had again at once.
        self.socket.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
        self.socket.connect_ex(("127.0.0.1", port))

    @property
    def events(self) -> int:
        if not self.is_in or self.left > 0:
            return select.EPOLLOUT | select.EPOLLIN
        return 0 if self.kind == "deaf" else select.EPOLLIN


class Crowd:
    def __init__(self, port: int, count: int, item: str, key: str):
        self.port = port
        self.poll = select.epoll()
        self.guests: dict[int, Guest] = {}
        loud = [kind for kind, number in LOUD.items() for _ in range(min(number, count // 10))]
        quiet = itertools.islice(itertools.cycle(("silent", "half")), count - len(loud))
        self.outside = [*quiet, *loud]
        self.entering = 0
        put = f"PUT {item} HTTP/1.1\r\nHost: x\r\nAuthorization: Bearer {key}\r\nContent-Type: application/json\r\n"
        self.greetings = {
            "silent": b"",
            "half": b"GET /livez HTTP/1.1\r\nX-A: ",
            "slow_head": b"GET /livez HTTP/1.1\r\nHost: x\r\nX-A: ",
            "slow_body": f"{put}Content-Length: 900000\r\n\r\n".encode(),
            "deaf": f"GET {item}/adjustments HTTP/1.1\r\nHost: x\r\nAuthorization: Bearer {key}\r\n\r\n".encode(),
            "huge": f"{put}Content-Length: {HUGE_BYTES}\r\n\r\n".encode(),
        }

    def run(self) -> None:
        is_told = False
        next_tick = time.monotonic()
        while True:
            self.let_in()
            for number, events in self.poll.poll(TICK_SECONDS / 5, 1000):
                self.serve(self.guests[number], events)
            if not is_told and not self.outside and self.entering == 0:
                print("ready", flush=True)
                is_told = True
            if time.monotonic() >= next_tick:
                next_tick += TICK_SECONDS
                self.tick()

    def let_in(self) -> None:
        while self.outside and self.entering < ENTERING_MAX:
            guest = Guest(self.outside.pop(), self.port)
            self.entering += 1
            self.guests[guest.socket.fileno()] = guest
            self.poll.register(guest.socket, guest.events)

    def throw_out(self, guest: Guest) -> None:
        self.poll.unregister(guest.socket)
        del self.guests[guest.socket.fileno()]
        guest.socket.close()
        if not guest.is_in:
            self.entering -= 1
        self.outside.append(guest.kind)

    def serve(self, guest: Guest, events: int) -> None:
        try:
            if events & (select.EPOLLERR | select.EPOLLHUP):
                raise ConnectionResetError
            if events & select.EPOLLIN and not guest.socket.recv(65536):
                raise ConnectionResetError
            if not events & select.EPOLLOUT:
                return
            if not guest.is_in:
                guest.is_in = True
                self.entering -= 1
                guest.socket.send(self.greetings[guest.kind])
            elif guest.left > 0:
                guest.left -= guest.socket.send(BLOCK[:guest.left])
            self.poll.modify(guest.socket, guest.events)
        except BlockingIOError:
            return
        except OSError:
            self.throw_out(guest)

    def tick(self) -> None:
        for guest in list(self.guests.values()):
            if guest.is_in and guest.kind.startswith("slow"):
                try:
                    guest.socket.send(b" ")
                except BlockingIOError:
                    continue
                except OSError:
                    self.throw_out(guest)


if __name__ == "__main__":
    os.nice(19)
    Crowd(int(sys.argv[1]), int(sys.argv[2]), sys.argv[3], sys.stdin.readline().strip()).run()
