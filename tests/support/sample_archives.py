"""Made-up archives in the MedMNIST layout, for tests to save and to spoil."""

from pathlib import Path

import numpy as np

ROWS = {"train": 6, "val": 3, "test": 4}


def arrays(channels: tuple[int, ...] = (), classes: int = 2, width: int = 7) -> dict[str, np.ndarray]:
    rng = np.random.default_rng(4)
    made = {}
    for split, n in ROWS.items():
        made[f"{split}_images"] = rng.integers(0, 256, (n, 8, width, *channels), dtype=np.uint8)
        made[f"{split}_labels"] = (np.arange(n) % classes).astype(np.uint8)[:, np.newaxis]
    return made


SQUARE = arrays(width=8)


def saved(path: Path, content: dict[str, np.ndarray] | None = None) -> Path:
    np.savez_compressed(path, **(arrays() if content is None else content))
    return path
