"""Files of ready HTTP requests, for replay.lua and replay.cpp."""

import json
import random
from pathlib import Path
from urllib.parse import quote

from harness.catalogue import sku

# Stands for a number that replay.lua makes; must have its length.
COUNTER = "@@COUNTER@@@"


class RequestMaker:
    """Makes requests of one key about one tenant's SKUs and warehouses. The same seed makes the same requests."""

    def __init__(self, key: str, warehouses: list[str], seed: int = 1):
        self.key = key
        self.warehouses = warehouses
        self.random = random.Random(seed)

    def get(self, target: str) -> bytes:
        return self._request("GET", target, None)

    def get_item(self, number: int) -> bytes:
        return self.get(f"/api/inventory/{quote(sku(number), safe='')}")

    def put(self, number: int, warehouse: int | None = None, quantity: int | None = None) -> bytes:
        body = self.update(number, warehouse, quantity)
        del body["sku"]
        return self._request("PUT", f"/api/inventory/{quote(sku(number), safe='')}", body)

    def bulk(self, updates: list[dict]) -> bytes:
        return self._request("POST", "/api/inventory/bulk", {"updates": updates})

    def reserve_one(self, number: int) -> bytes:
        lines = [{"sku": sku(number), "quantity": 1}]
        return self._request("POST", "/api/reservations", {"reference": f"order-{COUNTER}", "lines": lines})

    def update(self, number: int, warehouse: int | None = None, quantity: int | None = None) -> dict:
        """Without a warehouse one of the first two; without a quantity one of three digits."""
        place = self.random.randrange(2) if warehouse is None else warehouse
        return {
            "sku": sku(number),
            "warehouse_id": self.warehouses[place],
            "quantity": self.random.randrange(100, 1000) if quantity is None else quantity,
            "reason": "cycle_count",
        }

    def _request(self, method: str, target: str, body: dict | None) -> bytes:
        content = b"" if body is None else json.dumps(body, separators=(",", ":")).encode()
        head = f"{method} {target} HTTP/1.1\r\nHost: 127.0.0.1\r\nAuthorization: Bearer {self.key}\r\n"
        if body is not None:
            head += f"Content-Type: application/json\r\nContent-Length: {len(content)}\r\n"
        return head.encode() + b"\r\n" + content


def write_requests(path: Path, requests: list[bytes]) -> Path:
    path.parent.mkdir(parents=True, exist_ok=True)
    with path.open("wb") as file:
        for request in requests:
            file.write(b"%d\n" % len(request))
            file.write(request)
    return path


def write_bulks(path: Path, maker: RequestMaker, numbers: list[int], size: int = 500) -> Path:
    """Bulks of `size` updates of these SKUs, in their order."""
    bulks = [
        maker.bulk([maker.update(number) for number in numbers[i : i + size]])
        for i in range(0, len(numbers) - size + 1, size)
    ]
    return write_requests(path, bulks)
