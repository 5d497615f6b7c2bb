"""Made-up stock: which SKUs there are, how much of each stands where, and CSV files of that for import.

SKU number i belongs to class i % 10, which decides its status:

    0, 1   out of stock         2   critical         3, 4   low
    5 … 8  plenty everywhere    9   enough, in the first warehouse only (a write can move it to low and back)

With two warehouses every SKU but class 9 stands in both. A third one holds everything but classes 0, 1 and 9; of
the SKUs that are out of stock it has some 150 however many there are, so that the list of these two filters
together stays short while each of them alone grows.
"""

import random
from dataclasses import dataclass
from pathlib import Path

SAFETY_STOCK = 10
PLENTY = 100_000_000
ENOUGH = 1000
LOW = 2 * SAFETY_STOCK + 5
CRITICAL = SAFETY_STOCK + 5
RARE_MATCHES = 150
WAREHOUSES = ("Warehouse A", "Warehouse B", "Warehouse C")


def sku(number: int) -> str:
    return f"SKU-{number:07d}"


@dataclass(frozen=True)
class Catalogue:
    items: int
    warehouses: int = 2

    @property
    def name(self) -> str:
        return f"{self.items}x{self.warehouses}"

    def levels(self, number: int) -> list[tuple[int, int]]:
        """(index of the warehouse, quantity) of one SKU."""
        kind = number % 10
        if kind == 9:
            return [(0, ENOUGH)]
        if kind <= 1:
            levels = [(0, 0), (1, 0)]
            return levels + [(2, 0)] if self.warehouses > 2 and self._is_rare(number) else levels
        first = {2: CRITICAL, 3: LOW, 4: LOW}.get(kind, PLENTY)
        others = PLENTY if first == PLENTY else 0
        return [(0, first)] + [(place, others) for place in range(1, self.warehouses)]

    def _is_rare(self, number: int) -> bool:
        place = number // 10 * 2 + number % 10
        return place % max(1, self.items // 5 // RARE_MATCHES) == 0

    def write_csv(self, path: Path) -> None:
        with path.open("w") as file:
            file.write("sku,title,safety_stock,warehouse,quantity\n")
            for number in range(self.items):
                name = sku(number)
                for place, quantity in self.levels(number):
                    # The title has 20 characters.
                    file.write(f"{name},Blue widget {number:08d},{SAFETY_STOCK},{WAREHOUSES[place]},{quantity}\n")

    def plentiful(self) -> list[int]:
        return [number for number in range(self.items) if 5 <= number % 10 <= 8]


def picks(numbers, count: int, seed: int) -> list[int]:
    """So many of them at random, each once before any comes again."""
    generator = random.Random(seed)
    order = list(numbers)
    generator.shuffle(order)
    return [order[i % len(order)] for i in range(count)]
