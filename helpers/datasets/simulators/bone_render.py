"""From random numbers to radiographs of a thigh bone: draw a person, find what the beam meets, take the picture."""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import ClassVar

import numpy as np

from helpers.datasets.simulators import bone_anatomy as anatomy
from helpers.datasets.simulators.bone_fracture import FRACTURE, broken, turned
from helpers.datasets.simulators.radiography import ATTENUATION, OVERSAMPLING, Site, expose, optical_depth, zone
from helpers.datasets.simulators.simulation import Columns, Person, between, person_rng, spread, texture

FIELD_CM = 9.6  # side of the square that the detector sees
SITES = {
    "A": Site(24.0, 0.05, (2.45, 1.8), ("100", "100", "100", "111"), (0.04, 0.86)),
    "B": Site(12.0, 0.10, (2.55, 2.1), ("111", "101", "110", "101"), (0.82, 0.04)),
}


@dataclass(frozen=True)
class BonePerson(Person):
    """A person with a thigh bone: anatomy, a fracture, and the textures of spongy bone and muscle."""

    AGE_BANDS: ClassVar[tuple[str, ...]] = ("8-17", "18-39", "40-64", "65+")

    normal: np.ndarray
    fracture: np.ndarray
    waves: np.ndarray


def draw_person(seed: int, number: int) -> BonePerson:
    """Person `number` of the population with that seed."""
    rng = person_rng(seed, number)
    names = ("site", "label", "views", "sex", "age", "maturity", "plate", "side")
    return BonePerson(
        seed=seed,
        number=number,
        normal=rng.standard_normal(len(anatomy.PATIENT)),
        chance=dict(zip(names, rng.random(len(names)).tolist(), strict=True)),
        fracture=rng.random(len(FRACTURE)),
        waves=rng.random((2, anatomy.WAVES, 3), dtype=np.float32),
    )


def radiographs(
    people: list[BonePerson],
    views: np.ndarray,
    labels: np.ndarray,
    sites: np.ndarray,
    size: int,
    dose: float,
    *,
    gap_mm: tuple[float, float],
    shift_mm: tuple[float, float],
    bend_degrees: tuple[float, float],
) -> tuple[np.ndarray, np.ndarray]:
    """One picture per entry of people, views, labels and sites, all of length n.

    Even views are taken from the front, odd ones from the side. gap_mm, shift_mm: least and greatest distance of the
    fragments along and across the bone; bend_degrees: angle between them.
    Returns images, uint8 (n, size, size), and fracture zones, bool (n, size, size).
    """
    rngs = [person.view_rng(view) for person, view in zip(people, views.tolist(), strict=True)]
    pose = spread(anatomy.POSE, np.stack([rng.standard_normal(len(anatomy.POSE)) for rng in rngs]))
    side = _column([1 if person.chance["side"] < 0.5 else -1 for person in people])  # a right leg or a left one
    pose["turn"] = pose["turn"] + np.float32(np.pi / 2) * side * _column(views % 2)
    body = anatomy.age_and_sex(
        spread(anatomy.PATIENT, np.stack([person.normal for person in people])),
        female=_column([person.female for person in people]),
        age=_column([person.age for person in people]),
        maturity=_column([person.chance["maturity"] for person in people]),
        plate_phase=_column([2 * np.pi * person.chance["plate"] for person in people]),
    )
    fracture = turned(
        between(FRACTURE, np.stack([person.fracture for person in people])),
        pose["turn"],
        [float(gap) / 10 for gap in gap_mm],
        [float(shift) / 10 for shift in shift_mm],
        [math.radians(bend) for bend in bend_degrees],
    )
    for name in ("gap", "shift"):
        fracture[name] = fracture[name] / body["scale"]  # the anatomy is that of an adult, made smaller at the end
    waves = np.stack([person.waves for person in people])
    depth, gap = _optical_depths(labels, body, pose, fracture, waves, size)
    # the window follows the thickness of the leg
    thicker = 2 * (body["scale"] * body["knee_half_depth"] - anatomy.PATIENT["knee_half_depth"][0])
    images = expose(
        depth,
        [SITES[name] for name in sites],
        rngs,
        pixel_cm=FIELD_CM / size,
        dose=dose,
        exposure=pose["exposure"].ravel(),
        level=np.float32(ATTENUATION["soft"]) * thicker,
        level_error=pose["window_level"],
        width_error=pose["window_width"],
    )
    return images, zone(gap, size)


def _column(values) -> np.ndarray:
    return np.array(values, np.float32)[:, None, None]


def _optical_depths(labels, body: Columns, pose: Columns, fracture: Columns, waves: np.ndarray, size: int):
    """Optical depth of every beam through the leg, and how far it runs through the fracture zone."""
    beams = size * OVERSAMPLING
    x = ((np.arange(beams, dtype=np.float32) + 0.5) / beams - 0.5) * np.float32(FIELD_CM)
    scale = pose["magnification"] * body["scale"]
    cos, sin = np.cos(pose["roll"]) / scale, np.sin(pose["roll"]) / scale
    u = cos * x + sin * x[:, None] + pose["shift_u"]
    v = cos * x[:, None] - sin * x + pose["shift_v"]
    to_body = (cos, sin, pose["shift_u"], pose["shift_v"])
    sponge, muscle = (texture(x, waves[:, i], to_body, anatomy.CYCLES) for i in (0, 1))
    sponge = 1 + np.float32(anatomy.SPONGE_TEXTURE) * body["sponge_texture"] * sponge

    turn = (np.cos(pose["turn"]), np.sin(pose["turn"]))
    bone, gap = np.zeros_like(u), np.zeros_like(u)
    for label in set(labels.tolist()):
        chosen = np.flatnonzero(labels == label)
        some = {name: column[chosen] for name, column in body.items()}
        beam = u[chosen], v[chosen], some
        seen = turn[0][chosen], turn[1][chosen]
        if label == 1:
            break_ = {name: column[chosen] for name, column in fracture.items()}
            bone[chosen], gap[chosen] = broken(*beam, break_, *seen, sponge[chosen])
        else:
            outer, inner, spongy = anatomy.half_chords(*beam, *seen)
            femur = 2 * (outer - (1 - spongy * sponge[chosen]) * inner)
            bone[chosen] = anatomy.less_growth_plate(femur, *beam) + anatomy.shin(*beam, *seen)

    bone += anatomy.kneecap(u, v, body, *turn)
    skin, fat = anatomy.leg(u, v, body, *turn)
    bone = np.minimum(bone, skin)
    fat = np.minimum(fat * (1 + np.float32(anatomy.MUSCLE_TEXTURE) * muscle), skin - bone)
    soft = (skin - bone - fat) * (1 + np.float32(anatomy.MUSCLE_TEXTURE) * muscle)
    depth = body["scale"] * optical_depth({"soft": soft, "fat": fat, "bone": bone})
    return depth, gap
