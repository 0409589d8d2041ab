"""A body made of ellipsoids, cylinders and tilted rings: how much of each tissue the beam meets at every point.

Positions in cm. u runs to the right of the picture, which is the patient's left; v runs down; (0, 0) lies in the
middle of the chest. A quantity of n pictures is an array of shape (n, 1, 1) that broadcasts against (n, h, w).
"""

from __future__ import annotations

import numpy as np

from helpers.datasets.simulators.simulation import Columns, ramp

# name: (typical value, standard deviation between people); cm where nothing else is said
PATIENT = {
    "trunk_half_width": (15.3, 0.6),
    "trunk_half_depth": (10.0, 0.6),
    "cage_half_width": (13.4, 0.36),
    "shoulder_height": (-15.0, 0.78),
    "neck_half_width": (5.2, 0.36),
    "lung_centre": (7.0, 0.21),
    "lung_half_width": (5.9, 0.24),
    "lung_half_depth": (6.9, 0.35),
    "lung_apex": (-11.8, 0.48),
    "lung_density": (1.0, 0.072),  # times the tabulated density
    "diaphragm": (7.2, 0.6),
    "left_dome_lower_by": (1.0, 0.3),
    "heart_u": (2.3, 0.3),
    "heart_v": (4.4, 0.36),
    "heart_half_length": (6.3, 0.36),
    "heart_half_width": (4.6, 0.27),
    "heart_tilt": (0.65, 0.072),  # radians
    "mediastinum_half_width": (2.9, 0.21),
    "aorta_radius": (1.5, 0.15),
    "hilum_radius": (1.6, 0.15),
    "rib_spacing": (2.55, 0.09),
    "rib_start": (0.0, 0.36),
    "rib_drop": (4.6, 0.3),
    "rib_radius": (0.55, 0.036),
    "bone_share": (0.28, 0.03),  # of a bone's cross-section that is cortical
    "clavicle_height": (-9.2, 0.48),
    "stomach_gas": (1.3, 0.78),  # half its depth; none where this falls below zero
    "breast": (0.0, 0.6),  # standard normal: turned into cm by sex
    "lung_texture": (1.0, 0.12),  # times the typical strength
}
# the same between pictures of one person
POSE = {
    "shift_u": (0.0, 0.9),
    "shift_v": (0.0, 0.9),
    "roll": (0.0, 0.035),  # radians, in the plane of the picture
    "magnification": (1.0, 0.05),
    "turn": (0.0, 0.6),  # how far the heart and the mediastinum move when the chest is not quite square on
    "inspiration": (0.0, 0.8),  # how far the diaphragm moves down
    "exposure": (0.0, 0.2),  # natural logarithm
    "window_level": (0.0, 0.08),  # optical depth
    "window_width": (1.0, 0.04),
}
WAVES = 28  # cosine waves that make the lung's texture
LUNG_CYCLES = (0.05, 0.9)  # per cm, the slowest and the quickest of them


def age_and_sex(body: Columns, female: np.ndarray, age: np.ndarray) -> Columns:
    """The body of a person of that sex (1 female) and age band (0, 1, 2): smaller, older hearts and paler bones."""
    body = dict(body)
    size = 1 - np.float32(0.06) * female
    for name in ("trunk_half_width", "cage_half_width", "lung_centre", "lung_half_width", "lung_half_depth"):
        body[name] = body[name] * size
    body["heart_half_width"] = body["heart_half_width"] * size * (1 + np.float32(0.07) * (age - 1))
    body["aorta_radius"] = body["aorta_radius"] * (1 + np.float32(0.15) * (age - 1))
    body["bone_share"] = body["bone_share"] * (1 - np.float32(0.12) * (age - 1))
    body["stomach_gas"] = np.maximum(body["stomach_gas"], 0)
    body["breast"] = np.maximum(2.2 + 1.0 * body["breast"], 0) * female
    return body


def ellipsoid(u, v, half_u, half_v, half_depth):
    """Length of the beam inside an ellipsoid: 2 c sqrt(1 - (u/a)² - (v/b)²), zero beside it."""
    return 2 * half_depth * np.sqrt(np.maximum(1 - (u / half_u) ** 2 - (v / half_v) ** 2, 0))


def trunk(u, v, body: Columns):
    """Length of the beam inside the skin: an elliptic cylinder that widens to the shoulders, a neck, two breasts."""
    across = np.abs(u)
    above = ramp((-4 - v) / 8)
    half_width = body["trunk_half_width"] + 7 * above
    half_depth = body["trunk_half_depth"] * (1 - 0.3 * above)
    top = body["shoulder_height"] + 0.27 * (across - body["neck_half_width"])
    chest = 2 * half_depth * np.sqrt(np.maximum(1 - (u / half_width) ** 2, 0) * np.clip((v - top) / 5, 0, 1))
    neck = ellipsoid(u, 0, body["neck_half_width"], 1, 5.5) * (v < 0)
    breasts = ellipsoid(across - 0.47 * body["trunk_half_width"], v - 5, 5.2, 5, 0.5 * body["breast"])
    return np.maximum(chest, neck) + breasts


def lungs(u, v, body: Columns, pose: Columns):
    """Length of the beam inside the lungs: two ellipsoids cut by the diaphragm, less heart, vessels and spine."""
    left = u > 0
    across = np.abs(u)
    centre_v = np.float32(3)
    lung = ellipsoid(
        across - body["lung_centre"],
        v - centre_v,
        body["lung_half_width"],
        centre_v - body["lung_apex"],
        body["lung_half_depth"],
    )
    dome = dome_top(left, body, pose) + 3.2 * ((across - 0.85 * body["lung_centre"]) / 6) ** 2
    lung *= ramp((dome - v) / 1.6 + 0.5)

    u = u - pose["turn"]
    du, dv = u - body["heart_u"], v - body["heart_v"] - 0.6 * pose["inspiration"]
    cos, sin = np.cos(body["heart_tilt"]), np.sin(body["heart_tilt"])
    heart = ellipsoid(
        cos * du + sin * dv, cos * dv - sin * du, body["heart_half_length"], body["heart_half_width"], np.float32(5.2)
    )
    atrium = ellipsoid(u + 2.1, v - 3.8, np.float32(2.3), np.float32(3.8), np.float32(4))
    arch = ellipsoid(u - 2.2, v + 5.4, body["aorta_radius"], body["aorta_radius"] + 0.3, np.float32(5))
    vessels = ellipsoid(u, 0, body["mediastinum_half_width"] + 0.02 * v, 1, np.float32(6.5))
    hila = ellipsoid(
        across - 3.6, v + 0.8 - 0.8 * left, body["hilum_radius"], body["hilum_radius"] * 1.5, np.float32(1.3)
    )
    return np.maximum(lung - np.maximum(np.maximum(heart, atrium), np.maximum(arch, vessels)) - hila, 0)


def dome_top(left, body: Columns, pose: Columns):
    """Height of the diaphragm's dome on the left side (1) or the right (0), lower after a deeper breath."""
    return body["diaphragm"] + pose["inspiration"] + left * body["left_dome_lower_by"]


def stomach_gas(u, v, body: Columns, pose: Columns):
    """Length of the beam inside the bubble of swallowed air that most stomachs hold, under the left dome."""
    return ellipsoid(u - 6, v - dome_top(1, body, pose) - 2, np.float32(2.8), np.float32(1.2), body["stomach_gas"])


def bones(u, v, body: Columns):
    """Length of the beam inside compact bone: ribs, collar bones, spine and the heads of the upper arms.

    A rib is a ring that hangs down in front. Seen from the front, its rear half bends up and its front half down
    by rib_drop x sqrt(1 - (u/W)²), and the beam runs along it, through more bone, towards the side of the chest.
    """
    across = np.abs(u)
    half_width = body["cage_half_width"] * np.sqrt(np.maximum(1 - ((v - 7) / 24) ** 2, 0.05))
    ring = np.sqrt(np.maximum(1 - (u / half_width) ** 2, 0.04))
    slope = body["rib_drop"] * u / (half_width**2 * ring)
    steep = 1 / np.sqrt(1 + slope**2)
    inside = across < half_width
    rear = rib_row(v + body["rib_drop"] * ring, steep, body) * (across > 1.5)
    front = rib_row(v - body["rib_drop"] * ring, steep, body) * ramp((across - 3.5) / 2.5)
    ribs = (rear + 0.7 * front) * inside * np.minimum(1 / ring, 2.2)

    beside = across - 1.4
    line = body["clavicle_height"] - 0.16 * beside + 0.5 * np.sin(np.float32(0.5) * beside)
    clavicle = 2 * np.sqrt(np.maximum(0.36 - (v - line) ** 2, 0)) * ((beside > 0) & (beside < 12.5))
    spine = ellipsoid(u, 0, np.float32(1.9), 1, np.float32(0.9)) * (0.8 + 0.2 * np.cos(np.float32(2.6) * v))
    shoulder = ellipsoid(
        across - 1.12 * body["trunk_half_width"], v + 8.5, np.float32(2.3), np.float32(2.3), np.float32(1.5)
    )
    return body["bone_share"] * (ribs + clavicle + spine + shoulder)


def rib_row(v, steep, body: Columns):
    """Thickness of evenly spaced tubes across v: 2 sqrt(r² - d²) with the distance d to the nearest of ten."""
    number = (v - body["rib_start"]) / body["rib_spacing"]
    nearest = np.rint(number)
    distance = (number - nearest) * body["rib_spacing"] * steep
    tube = 2 * np.sqrt(np.maximum(body["rib_radius"] ** 2 - distance**2, 0))
    return tube * (np.abs(nearest - 0.5) < 5)
