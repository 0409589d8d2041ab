"""How time and memory grow with a size: the exponent of time, the pace and the memory at the largest size.

Growth that is linear has an exponent near 1 (the slope of log seconds over log size) and takes the same memory per item
at every size. A fixed cost makes the exponent of small sizes smaller. The memory is what a step adds at its highest,
which is less where it takes what its process had free already, as at small sizes. Over a size of the item, such as the
pixels of an image, seconds and bytes are of one item.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

import numpy as np

from bench.measuring import Row


@dataclass(frozen=True)
class Point:
    """A size that was measured: so many items, each repeat with its seconds and megabytes (None where nobody tells).

    x: what the size is counted by: the items, or a size of each item.
    """

    x: int
    items: int
    runs: Sequence[tuple[float, float | None]]

    def bytes_of_an_item(self) -> list[float]:
        """Of each repeat that knows."""
        return [mb * 1e6 / self.items for _, mb in self.runs if mb is not None]


def growth(case: str, item: str, points: Sequence[Point], over: str = "") -> Iterator[Row]:
    """The exponent of time, the pace and the memory at the largest size; all sizes stand in the details.

    over: what x counts where it is a size of an item; the exponent is then that of one item's seconds.
    """
    first, last = points[0], points[-1]
    log_x = np.log([point.x for point in points])
    seconds = np.array([[took / (point.items if over else 1) for took, _ in point.runs] for point in points])
    slopes = np.polyfit(log_x, np.log(seconds), 1)[0]
    sizes = {point.x: {f"{item}s": point.items, "seconds and MB": point.runs} for point in points}
    span = f"{over or item + 's'} from {first.x:,} to {last.x:,}"
    yield Row(f"{case}: growth of time", "exponent", tuple(slopes.tolist()), f"1 is linear; {span}", sizes)
    at = f"of {last.items:,} {item}s"
    yield Row(f"{case}: pace {at}", f"{item}s/s", tuple(last.items / seconds for seconds, _ in last.runs))
    earlier = ", ".join(f"{np.median(found):,.0f}" for point in points[:-1] if (found := point.bytes_of_an_item()))
    note = f"at the smaller sizes {earlier}" if earlier else "only Linux tells"
    yield Row(f"{case}: memory added, {at}", f"bytes/{item}", tuple(last.bytes_of_an_item()), note)
