"""Where the air of the lung gives way to something solid: patches of pneumonia and round tumours."""

from __future__ import annotations

import numpy as np

from helpers.datasets.simulators.chest_anatomy import ellipsoid
from helpers.datasets.simulators.simulation import Columns, between, ramp

SPOTS = 4  # a patient has one to four of either kind
MORE = 0.85  # probability of a second spot; of a third, its square; of a fourth, its cube
GROUND_GLASS = 0.12  # probability that all lesions of a patient are of that early, faint kind: hardly any air is gone
FAINT = 0.1  # solid part of a ground-glass lesion, as a share of that of a full one
# name: (least, greatest), uniform; cm where nothing else is said
TUMOUR = {
    "radius": (1.8, 2.6),
    "flatten": (0.95, 1.0),
    "across": (-1.0, 1.0),
    "down": (-1.0, 0.5),
    "side": (0.0, 1.0),
    "present": (0.0, 1.0),
}
PATCH = {
    "radius": (2.4, 4.3),
    "flatten": (0.6, 1.0),
    "across": (-1.0, 1.0),
    "down": (-1.0, 1.0),
    "side": (0.0, 1.0),
    "solid": (0.5, 0.9),  # share of the air that fluid has replaced
    "present": (0.0, 1.0),
}


def place(lesion: Columns, body: Columns) -> tuple[np.ndarray, np.ndarray]:
    """Centre (u, v) of a lesion: in the right or the left lung, within three quarters of its outline."""
    side = np.where(lesion["side"] < 0.5, np.float32(-1), np.float32(1))
    u = side * (body["lung_centre"] + 0.5 + 0.62 * body["lung_half_width"] * lesion["across"] * 0.9)
    top, bottom = body["lung_apex"] + 3, body["diaphragm"] - 1
    v = 0.5 * (top + bottom) + 0.5 * (bottom - top) * lesion["down"]
    return u, v


def tumour(u, v, nodules: list[Columns], body: Columns) -> np.ndarray:
    """Length of the beam, in cm, inside round solid nodules with a sharp edge."""
    length = np.zeros_like(u)
    for number, nodule in enumerate(nodules):
        centre_u, centre_v = place(nodule, body)
        radius = nodule["radius"]
        sphere = ellipsoid(u - centre_u, v - centre_v, radius, radius * nodule["flatten"], radius)
        length = np.maximum(length, sphere * (nodule["present"] < MORE**number))
    return length


def pneumonia(u, v, patches: list[Columns], body: Columns, lung: np.ndarray, field: np.ndarray) -> np.ndarray:
    """Length of the beam, in cm, in which fluid has replaced air: cloudy patches with a ragged edge.

    lung: length inside the lung. field: a random field of unit variance that frays the edges and leaves airways open.
    """
    share = np.zeros_like(u)
    for number, patch in enumerate(patches):
        centre_u, centre_v = place(patch, body)
        radius = patch["radius"]
        distance = np.hypot((u - centre_u) / (radius * patch["flatten"]), (v - centre_v) / radius)
        cloud = ramp(1.2 - 0.8 * distance + 0.25 * field) * patch["solid"] * (patch["present"] < MORE**number)
        share = np.maximum(share, cloud)
    return share * lung


def solid_lengths(labels, people, u, v, body: Columns, lung: np.ndarray, field: np.ndarray) -> np.ndarray:
    """Length of the beam, in cm, inside the lesion of each picture, shape (n, h, w): zero where the label is 0.

    A lesion replaces lung, so it is nowhere longer than the way through the lung.
    """
    solid = np.zeros_like(lung)

    def spots(table, draws) -> list[Columns]:
        return [between(table, np.stack([draw[number] for draw in draws])) for number in range(SPOTS)]

    def some(chosen) -> tuple:
        return u[chosen], v[chosen], {name: column[chosen] for name, column in body.items()}

    ill = np.flatnonzero(labels == 1)
    if len(ill):
        u_ill, v_ill, body_ill = some(ill)
        patches = spots(PATCH, [people[i].patches for i in ill])
        solid[ill] = pneumonia(u_ill, v_ill, patches, body_ill, lung[ill], field[ill])
    ill = np.flatnonzero(labels == 2)
    if len(ill):
        u_ill, v_ill, body_ill = some(ill)
        nodules = spots(TUMOUR, [people[i].nodules for i in ill])
        solid[ill] = np.minimum(tumour(u_ill, v_ill, nodules, body_ill), lung[ill])
    early = np.array([person.chance["stage"] < GROUND_GLASS for person in people])
    return solid * np.where(early, np.float32(FAINT), np.float32(1))[:, None, None]
