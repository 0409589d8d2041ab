"""The lower end of a thigh: skin, fat, muscle, the femur with its marrow, the kneecap and the top of the shin bone.

Positions in cm. v runs down along the femur, u across it and w along the beam; (0, 0, 0) lies on the axis of the
femur. A quantity of n pictures is an array of shape (n, 1, 1) that broadcasts against (n, h, w).
"""

from __future__ import annotations

import numpy as np

from helpers.datasets.simulators.simulation import Columns, ramp

# name: (typical value, standard deviation between people); cm where nothing else is said. Adults; children are smaller.
PATIENT = {
    "shaft_radius": (1.42, 0.08),
    "cortex": (0.62, 0.06),  # thickness of the wall of the shaft
    "condyle_half_width": (3.9, 0.18),
    "condyle_half_depth": (3.0, 0.16),
    "joint": (4.1, 0.2),  # where the femur ends
    "flare": (6.6, 0.4),  # length of the part that widens towards the joint
    "trabecular": (0.17, 0.02),  # share of the spongy bone that is bone
    "sponge_texture": (1.0, 0.15),  # times the typical strength
    "thigh_half_width": (6.5, 0.55),
    "thigh_half_depth": (6.2, 0.5),
    "knee_half_width": (5.2, 0.3),
    "knee_half_depth": (5.4, 0.3),
    "fat": (0.9, 0.3),  # under the skin
    "patella": (0.0, 0.25),  # how far it rides higher or lower
    "physis_height": (2.5, 0.15),  # above the joint, in an adult's size
}
# the same between pictures of one person
POSE = {
    "shift_u": (0.0, 0.6),
    "shift_v": (0.0, 0.65),
    "roll": (0.0, 0.08),  # radians, in the plane of the picture
    "magnification": (1.0, 0.04),
    "turn": (0.0, 0.15),  # radians about the femur's axis, beside the quarter turn between the two views
    "exposure": (0.0, 0.2),  # natural logarithm
    "window_level": (0.0, 0.08),  # optical depth
    "window_width": (1.0, 0.04),
}
WAVES = 24  # cosine waves that make each of the textures
CYCLES = (0.12, 2.5)  # per cm, the slowest and the quickest of them
SPONGE_TEXTURE = 0.10  # standard deviation of the share by which spongy bone is denser or thinner than on average
MUSCLE_TEXTURE = 0.02  # the same for muscle, which fat and vessels run through
CHILD = (0.74, 0.94)  # size of the youngest and the oldest child relative to an adult
PLATE_CM = (0.16, 0.30)  # thickness of a growth plate in an adult's size, the narrowest and the widest


def age_and_sex(body: Columns, female, age, maturity, plate_phase) -> Columns:
    """The leg of a person of that sex (1 female), age band (0 child to 3 old) and, in children, maturity (0 to 1).

    plate_phase: radians, where a child's growth plate bends up and down. All are of shape (n, 1, 1).
    Bone thins with age: cortex and spongy bone lose more from band to band. `scale` is the size relative to an adult.
    """
    body = dict(body)
    for name in ("shaft_radius", "condyle_half_width", "condyle_half_depth"):
        body[name] = body[name] * (1 - np.float32(0.09) * female)
    body["fat"] = body["fat"] * (1 + np.float32(0.4) * female)
    thinner = np.maximum(age - 1, 0) + female * (age > 2)
    body["cortex"] = body["cortex"] * (1 - np.float32(0.09) * thinner) * np.where(age == 0, np.float32(0.9), 1)
    body["trabecular"] = body["trabecular"] * (1 - np.float32(0.12) * thinner)
    body["scale"] = np.where(age == 0, CHILD[0] + (CHILD[1] - CHILD[0]) * maturity, 1).astype(np.float32)
    body["plate"] = np.where(age == 0, PLATE_CM[1] - (PLATE_CM[1] - PLATE_CM[0]) * maturity, 0).astype(np.float32)
    body["plate_phase"] = plate_phase
    return body


def half_chords(u, v, body: Columns, cos, sin) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """Half the way of the beam inside the femur, half of that inside its marrow, and the share of that which is bone.

    The femur is a tube that flares into the condyles; every cross-section is an ellipse. Turned by an angle about its
    axis (cos, sin), an ellipse of half-axes a and d is A = sqrt(a² cos² + d² sin²) wide on either side, and the beam at
    u stays inside for 2 (a d / A) sqrt(1 - (u / A)²).
    """
    along = np.clip((v - body["joint"] + body["flare"]) / (body["flare"] - 1.5), 0, 1)
    flare = along**2 * (2 - along**2)
    half_width = body["shaft_radius"] + (body["condyle_half_width"] - body["shaft_radius"]) * flare
    half_depth = body["shaft_radius"] + (body["condyle_half_depth"] - body["shaft_radius"]) * flare
    notch = 0.8 * cos * cos * np.maximum(1 - (u / 0.9) ** 2, 0)  # between the two condyles, seen from the front
    end = np.sqrt(np.maximum(1 - np.maximum((v - body["joint"] + notch) / 2.4 + 1, 0) ** 2, 0))
    across = np.sqrt((half_width * cos) ** 2 + (half_depth * sin) ** 2)
    reach = half_width * half_depth / across * end
    across = across * end + np.float32(1e-3)
    wall = body["cortex"] + (0.13 - body["cortex"]) * np.minimum(1.6 * along, 1)
    outer = reach * np.sqrt(np.maximum(1 - (u / across) ** 2, 0))
    inside = np.maximum(across - wall, np.float32(1e-3))
    inner = np.maximum(reach - wall, 0) * np.sqrt(np.maximum(1 - (u / inside) ** 2, 0))
    return outer, np.minimum(inner, outer), body["trabecular"] * ramp(1.5 * along - 0.15)


def less_growth_plate(bone: np.ndarray, u, v, body: Columns) -> np.ndarray:
    """The length of the beam inside bone, less what a child's growth plate takes away.

    Cartilage lets the beam through; the layer beside it, towards the shaft, is where it turns to bone, and is dense.
    The plate undulates across the bone. Adults, whose plates have closed, keep all of it.
    """
    bone = bone.copy()
    young = np.flatnonzero(body["plate"].ravel() > 0)
    if len(young):
        body = {name: column[young] for name, column in body.items()}
        u, v = u[young], v[young]
        height = body["joint"] - body["physis_height"] - 0.14 * np.cos(np.float32(2.1) * u + body["plate_phase"])
        distance = (v - height - 0.012 * u * u) / body["plate"]
        cartilage, dense = np.exp(-((1.6 * distance) ** 2)), np.exp(-((1.8 * (distance + 1.2)) ** 2))
        bone[young] *= 1 - 0.8 * cartilage + 0.22 * dense
    return bone


def shin(u, v, body: Columns, cos, sin) -> np.ndarray:
    """Length of the beam inside the bone of the upper end of the tibia, half a centimetre below the femur."""
    below = v - body["joint"] - 0.5
    half_width = np.sqrt((body["condyle_half_width"] * cos) ** 2 + (0.8 * body["condyle_half_width"] * sin) ** 2)
    chord = 1.6 * body["condyle_half_depth"] * np.sqrt(np.maximum(1 - (u / half_width) ** 2, 0))
    edge = 0.35 * np.exp(-((below - 0.15) ** 2) / 0.02)
    return chord * np.clip(below / 0.15, 0, 1) * (1.2 * body["trabecular"] + edge)


def kneecap(u, v, body: Columns, cos, sin) -> np.ndarray:
    """Length of the beam inside the bone of the patella, an ellipsoid in front of the condyles."""
    across = np.sqrt((2.0 * cos) ** 2 + (0.9 * sin) ** 2)
    centre = sin * (body["condyle_half_depth"] + 1.2)
    height = (v - body["joint"] + 2.6 + body["patella"]) / 2.0
    chord = 3.6 / across * np.sqrt(np.maximum(1 - ((u - centre) / across) ** 2 - height**2, 0))
    return 0.34 * chord


def leg(u, v, body: Columns, cos, sin) -> tuple[np.ndarray, np.ndarray]:
    """Length of the beam inside the skin, and inside the layer of fat beneath it."""
    down = ramp((v + 6) / 9)
    half_width = body["thigh_half_width"] + (body["knee_half_width"] - body["thigh_half_width"]) * down
    half_depth = body["thigh_half_depth"] + (body["knee_half_depth"] - body["thigh_half_depth"]) * down
    across = np.sqrt((half_width * cos) ** 2 + (half_depth * sin) ** 2)
    reach = 2 * half_width * half_depth / across
    skin = reach * np.sqrt(np.maximum(1 - (u / across) ** 2, 0))
    fat = body["fat"]
    muscle = (reach - 2 * fat) * np.sqrt(np.maximum(1 - (u / (across - fat)) ** 2, 0))
    return skin, skin - np.minimum(muscle, skin)
