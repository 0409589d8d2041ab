"""From random numbers to pictures: draw a person, find what the beam meets, and take the radiograph."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from helpers.datasets.simulators import chest_anatomy as anatomy
from helpers.datasets.simulators import chest_lesions as lesions
from helpers.datasets.simulators.radiography import ATTENUATION, OVERSAMPLING, Site, expose, optical_depth, zone
from helpers.datasets.simulators.simulation import Person, person_rng, spread, texture

FIELD_CM = 30.0  # side of the square that the detector sees
LUNG_TEXTURE = 0.02  # standard deviation of the share of the lung that vessels fill more or less than on average

SITES = {
    "A": Site(1.0, 0.15, (2.2, 3.2), ("100", "100", "100", "111"), (0.04, 0.86)),
    "B": Site(0.5, 0.30, (2.3, 3.6), ("111", "101", "110", "101"), (0.82, 0.04)),
}


@dataclass(frozen=True)
class ChestPerson(Person):
    """A person with a chest: anatomy, both kinds of lesion, and the texture of the lung."""

    normal: np.ndarray
    nodules: np.ndarray
    patches: np.ndarray
    waves: np.ndarray


def draw_person(seed: int, number: int) -> ChestPerson:
    """Person `number` of the population with that seed."""
    rng = person_rng(seed, number)
    return ChestPerson(
        seed=seed,
        number=number,
        normal=rng.standard_normal(len(anatomy.PATIENT)),
        chance=dict(zip(("site", "label", "views", "sex", "age", "stage"), rng.random(6).tolist(), strict=True)),
        nodules=rng.random((lesions.SPOTS, len(lesions.TUMOUR))),
        patches=rng.random((lesions.SPOTS, len(lesions.PATCH))),
        waves=rng.random((2, anatomy.WAVES, 3), dtype=np.float32),
    )


def radiographs(
    people: list[ChestPerson], views: np.ndarray, labels: np.ndarray, sites: np.ndarray, size: int, dose: float
) -> tuple[np.ndarray, np.ndarray]:
    """One picture per entry of people, views, labels and sites, all of length n.

    Returns images, uint8 (n, size, size), and lesion masks, bool (n, size, size).
    """
    rngs = [person.view_rng(view) for person, view in zip(people, views.tolist(), strict=True)]
    pose = spread(anatomy.POSE, np.stack([rng.standard_normal(len(anatomy.POSE)) for rng in rngs]))
    body = anatomy.age_and_sex(
        spread(anatomy.PATIENT, np.stack([person.normal for person in people])),
        female=np.array([person.female for person in people], np.float32)[:, None, None],
        age=np.array([person.age for person in people], np.float32)[:, None, None],
    )
    depth, added = _optical_depths(people, labels, body, pose, size)
    thicker = 2 * (body["trunk_half_depth"] - anatomy.PATIENT["trunk_half_depth"][0])  # the window follows the body
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
    return images, zone(added, size)


def _optical_depths(
    people: list[ChestPerson], labels: np.ndarray, body: anatomy.Columns, pose: anatomy.Columns, size: int
):
    """Optical depth of every beam through the body, and how much of it the lesion adds."""
    beams = size * OVERSAMPLING
    x = ((np.arange(beams, dtype=np.float32) + 0.5) / beams - 0.5) * np.float32(FIELD_CM)
    cos, sin = np.cos(pose["roll"]) / pose["magnification"], np.sin(pose["roll"]) / pose["magnification"]
    u = cos * x + sin * x[:, None] + pose["shift_u"]
    v = cos * x[:, None] - sin * x + pose["shift_v"]
    to_body = (cos, sin, pose["shift_u"], pose["shift_v"])
    vessels, edges = (texture(x, np.stack([p.waves[i] for p in people]), to_body, anatomy.LUNG_CYCLES) for i in (0, 1))

    trunk = anatomy.trunk(u, v, body)
    air = np.minimum(anatomy.lungs(u, v, body, pose), trunk)
    bone = np.minimum(anatomy.bones(u, v, body), trunk - air)
    gas = np.minimum(anatomy.stomach_gas(u, v, body, pose), trunk - air - bone)
    lesion = lesions.solid_lengths(labels, people, u, v, body, air, edges)
    filled = np.clip(LUNG_TEXTURE * body["lung_texture"] * vessels, -0.4, 0.4) * air + lesion
    depth = optical_depth(
        {"soft": trunk - air - bone - gas + filled, "lung": body["lung_density"] * (air - filled), "bone": bone}
    )
    added = (ATTENUATION["soft"] - ATTENUATION["lung"] * body["lung_density"]) * lesion
    return depth, added
