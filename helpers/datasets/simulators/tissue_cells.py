"""Where the cells of a tissue tile lie, of which kind they are, and how their nuclei look.

Positions in µm; x runs to the right, y down, (0, 0) lies in the middle of the tile. A tile is layered along one
direction: connective tissue, then epithelium, then the hollow of a gland, of which a tile shows one, two or three.
A quantity of n tiles is an array of shape (n, 1, 1), one of their nuclei has shape (n, nuclei).
"""

from __future__ import annotations

import numpy as np

from helpers.datasets.simulators.simulation import Columns

# name: (in tissue without atypia, how much full atypia adds). Lengths in µm.
# Normal epithelial nuclei are some 6 to 8 µm wide; those of cancer 1.5 to 2 times as large and more unlike each other
# the higher its grade: Elston and Ellis, Histopathology 19 (1991) 403, nuclear pleomorphism scores 1 to 3.
NUCLEI = {
    "diameter": (6.3, 3.4),
    "unlike": (0.06, 0.2),  # standard deviation of the logarithm of the diameter within a tile
    "elongation": (0.10, 0.10),  # standard deviation of the logarithm of length over width
    "irregularity": (0.012, 0.05),  # depth of the dents in the outline relative to the radius
    "clumping": (0.07, 0.20),  # how coarse the chromatin is
    "darkness": (1.35, -0.42),  # optical depth that haematoxylin adds, before the laboratory's own strength
    "uneven": (0.06, 0.24),  # standard deviation of the logarithm of the darkness within a tile
    "nucleolus": (0.05, 0.75),  # probability of a prominent one
    "spacing": (10.2, -0.3),  # between neighbours
    "disorder": (0.09, 0.09),  # how far a nucleus strays from its place, relative to the spacing
}
PERSON_SD = {"diameter": 0.4, "spacing": 0.5, "darkness": 0.1}  # between people of equal atypia
HEALTHY = (0.04, 0.20)  # atypia of normal tissue, least and greatest
REACTIVE = (0.15, 0.2)  # probability of inflamed normal tissue, and the atypia that inflammation adds
CANCER = (0.32, 0.95)  # atypia of cancer, from well to poorly differentiated
SIDE = 9  # the lattice on which nuclei are placed has this many rows and columns
NEAREST = 40  # so many of its points lie near enough to the tile to matter
STROMA_KEPT = 0.42  # share of the places in connective tissue that hold a nucleus
LYMPHOCYTES = {"stroma": 0.2, "inflamed": 0.65, "epithelium": 0.04}  # share of the nuclei there
EPITHELIUM, SPINDLE, LYMPHOCYTE, NONE = range(4)


def atypia(label: np.ndarray, grade: np.ndarray, inflamed: np.ndarray) -> np.ndarray:
    """How far the nuclei are from those of resting normal tissue: 0 not at all, 1 as far as they go, shape (n,).

    label: 1 for cancer. grade: 0 to 1, where this person lies in the range. inflamed: whether the tissue is. The ranges
    overlap: an inflamed normal tissue looks like a cancer that is well differentiated.
    """
    healthy = HEALTHY[0] + (HEALTHY[1] - HEALTHY[0]) * grade + REACTIVE[1] * inflamed
    return np.where(label == 1, CANCER[0] + (CANCER[1] - CANCER[0]) * grade, healthy)


def traits_of(level: np.ndarray, normal: np.ndarray) -> Columns:
    """The properties in NUCLEI at that atypia, each (n, 1); normal: (n, len(PERSON_SD)) draws for the person's own."""
    values = {name: (start + more * level)[:, None] for name, (start, more) in NUCLEI.items()}
    for i, (name, deviation) in enumerate(PERSON_SD.items()):
        values[name] = values[name] + deviation * np.clip(normal[:, i, None], -2, 2)
    values["spacing"] = np.maximum(values["spacing"], 1.12 * values["diameter"])
    return values


def layer(x, y, tile: Columns):
    """Depth in µm along the tile's direction: below tile["hollow"] a gland's hollow, above tile["stroma"] stroma."""
    along = x * tile["cos"] + y * tile["sin"]
    across = y * tile["cos"] - x * tile["sin"]
    return along + tile["bulge"] * (across / 20) ** 2 + 1.2 * np.sin(0.25 * across + tile["phase"])


def place(traits: Columns, tile: Columns, uniform: np.ndarray, normal: np.ndarray, inflamed: np.ndarray) -> Columns:
    """The nuclei of n tiles: centre x, y, kind, radius, angle, stretch, dents, darkness, nucleolus, each (n, NEAREST).

    uniform, normal: draws of shape (n, SIDE², 5) and (n, SIDE², 12), one row per point of a hexagonal lattice.
    """
    row, column = np.divmod(np.arange(SIDE**2), SIDE)
    lattice_x = column - SIDE // 2 + 0.5 * (row % 2) + tile["lattice_x"][:, 0]
    lattice_y = np.sqrt(0.75) * (row - SIDE // 2 + tile["lattice_y"][:, 0])
    lattice_x = traits["spacing"] * (lattice_x + traits["disorder"] * normal[:, :, 0])
    lattice_y = traits["spacing"] * (lattice_y + traits["disorder"] * normal[:, :, 1])
    turn = tile["lattice_angle"][:, 0]
    x, y = np.cos(turn) * lattice_x - np.sin(turn) * lattice_y, np.sin(turn) * lattice_x + np.cos(turn) * lattice_y

    near = np.argpartition(np.maximum(np.abs(x), np.abs(y)), NEAREST, axis=1)[:, :NEAREST]
    x, y = (np.take_along_axis(part, near, axis=1) for part in (x, y))
    uniform, normal = (np.take_along_axis(draws, near[..., None], axis=1) for draws in (uniform, normal))

    depth = layer(x[:, None], y[:, None], tile)[:, 0]
    stroma, hollow = depth > tile["stroma"][:, 0], depth < tile["hollow"][:, 0] + 0.5 * traits["diameter"]
    infiltrate = np.where(inflamed[:, None], LYMPHOCYTES["inflamed"], LYMPHOCYTES["stroma"])
    kind = np.where(uniform[..., 0] < LYMPHOCYTES["epithelium"], LYMPHOCYTE, EPITHELIUM)
    kind = np.where(stroma, np.where(uniform[..., 0] < infiltrate, LYMPHOCYTE, SPINDLE), kind)
    kind = np.where(hollow | (stroma & (uniform[..., 1] > STROMA_KEPT)), NONE, kind)
    own = kind == EPITHELIUM

    def by_kind(epithelium, spindle, lymphocyte):
        return np.where(own, epithelium, np.where(kind == SPINDLE, spindle, lymphocyte))

    spread = np.clip(normal, -2.5, 2.5)
    along = np.arctan2(tile["sin"], tile["cos"])[:, 0]
    dents = by_kind(traits["irregularity"], 0.03, 0.02)[..., None] * spread[..., 6:12]
    return {
        "x": x,
        "y": y,
        "kind": kind,
        "radius": 0.5
        * by_kind(traits["diameter"] * np.exp(traits["unlike"] * spread[..., 2]), 5.2, 5.6 + 0.25 * spread[..., 2]),
        "angle": by_kind(np.pi * uniform[..., 2], along + np.pi / 2 + 0.25 * spread[..., 3], 0.0),
        "stretch": np.exp(0.5 * by_kind(traits["elongation"] * np.abs(spread[..., 4]), 1.2, 0.05)),
        "dents": dents,
        "darkness": by_kind(traits["darkness"] * np.exp(traits["uneven"] * spread[..., 5]), 1.2, 1.5),
        "clumping": by_kind(traits["clumping"] + 0 * x, 0.1, 0.2),
        "nucleolus": own * (uniform[..., 3] < traits["nucleolus"]) * (0.5 + uniform[..., 4]),
    }
