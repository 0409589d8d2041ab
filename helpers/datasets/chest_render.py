"""From random numbers to pictures: draw a person, find what the beam meets, and take the radiograph."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from helpers.datasets import chest_anatomy as anatomy
from helpers.datasets import chest_lesions as lesions
from helpers.datasets.chest_physics import (
    ATTENUATION,
    PHOTONS_PER_CM2,
    count_photons,
    detector_matrix,
    display,
    optical_depth,
)

AGE_BANDS = ("18-39", "40-64", "65+")
FIELD_CM = 30.0  # side of the square that the detector sees
OVERSAMPLING = 2  # beams per pixel and axis
MASK_FRACTION = 0.25  # a pixel belongs to the lesion where it adds at least this share of its peak optical depth
LUNG_TEXTURE = 0.02  # standard deviation of the share of the lung that vessels fill more or less than on average
BEAMS_AT_ONCE = 2**15  # how much of the work is done together: large enough to be quick, small enough for the cache


@dataclass(frozen=True)
class Site:
    """How one hospital takes its pictures.

    exposure: photons relative to the nominal dose. blur_cm: standard deviation of the detector's blur.
    window: optical depth shown as middle grey, and from black to white.
    marker: the letter burnt in, a picture of 0 and 1.
    corner: where it stands, its upper left corner as a share of height and width.
    """

    exposure: float
    blur_cm: float
    window: tuple[float, float]
    marker: tuple[str, ...]
    corner: tuple[float, float]


SITES = {
    "A": Site(1.0, 0.15, (2.2, 3.2), ("100", "100", "100", "111"), (0.04, 0.86)),
    "B": Site(0.5, 0.30, (2.3, 3.6), ("111", "101", "110", "101"), (0.82, 0.04)),
}


@dataclass(frozen=True)
class Person:
    """All random numbers of one person, drawn whether or not they are used: also the lesion that label 0 leaves out.

    They depend on the seed and the person's number alone.
    """

    seed: int
    number: int
    normal: np.ndarray
    chance: dict[str, float]
    nodules: np.ndarray
    patches: np.ndarray
    waves: np.ndarray

    @property
    def age(self) -> int:
        """Index into AGE_BANDS."""
        return int(self.chance["age"] * len(AGE_BANDS))

    @property
    def female(self) -> bool:
        return self.chance["sex"] < 0.5


def draw_person(seed: int, number: int) -> Person:
    """Person `number` of the population with that seed.

    Taught in notebooks/02_cnn_imaging.ipynb, section 1.
    """
    rng = np.random.default_rng(np.random.SeedSequence(seed, spawn_key=(number,)))
    return Person(
        seed=seed,
        number=number,
        normal=rng.standard_normal(len(anatomy.PATIENT)),
        chance=dict(zip(("site", "label", "views", "sex", "age", "stage"), rng.random(6).tolist(), strict=True)),
        nodules=rng.random((lesions.SPOTS, len(lesions.NODULE))),
        patches=rng.random((lesions.SPOTS, len(lesions.PATCH))),
        waves=rng.random((2, anatomy.WAVES, 3), dtype=np.float32),
    )


def radiographs(
    people: list[Person], views: np.ndarray, labels: np.ndarray, sites: np.ndarray, size: int, dose: float
) -> tuple[np.ndarray, np.ndarray]:
    """One picture per entry of people, views, labels and sites, all of length n.

    Returns images, uint8 (n, size, size), and lesion masks, bool (n, size, size).
    Taught in notebooks/02_cnn_imaging.ipynb, section 1.
    """
    images = np.empty((len(people), size, size), np.uint8)
    masks = np.empty((len(people), size, size), bool)
    step = max(1, BEAMS_AT_ONCE // (size * OVERSAMPLING) ** 2)
    for start in range(0, len(people), step):
        some = slice(start, start + step)
        images[some], masks[some] = _take(people[some], views[some], labels[some], sites[some], size, dose)
    return images, masks


def _take(people: list[Person], views: np.ndarray, labels: np.ndarray, sites: np.ndarray, size: int, dose: float):
    rngs = [
        np.random.default_rng(np.random.SeedSequence(person.seed, spawn_key=(person.number, view)))
        for person, view in zip(people, views.tolist(), strict=True)
    ]
    pose = anatomy.spread(anatomy.POSE, np.stack([rng.standard_normal(len(anatomy.POSE)) for rng in rngs]))
    body = anatomy.age_and_sex(
        anatomy.spread(anatomy.PATIENT, np.stack([person.normal for person in people])),
        female=np.array([person.female for person in people], np.float32)[:, None, None],
        age=np.array([person.age for person in people], np.float32)[:, None, None],
    )
    depth, added = _optical_depths(people, labels, body, pose, size)

    pixel_cm = FIELD_CM / size
    detectors = {name: detector_matrix(size, OVERSAMPLING, SITES[name].blur_cm / pixel_cm) for name in set(sites)}
    detector = np.stack([detectors[name] for name in sites])
    share = detector @ np.exp(-depth) @ detector.transpose(0, 2, 1)
    hospitals = [SITES[name] for name in sites]
    photons = PHOTONS_PER_CM2 * pixel_cm**2 * dose * np.exp(pose["exposure"].ravel())
    for i, (rng, hospital) in enumerate(zip(rngs, hospitals, strict=True)):
        share[i] = count_photons(share[i], float(photons[i] * hospital.exposure), rng)

    centre, width = np.array([hospital.window for hospital in hospitals], np.float32).T[..., None, None]
    thicker = 2 * (body["trunk_half_depth"] - anatomy.PATIENT["trunk_half_depth"][0])  # the window follows the body
    centre = centre + np.float32(ATTENUATION["soft"]) * thicker + pose["window_level"]
    images = display(share, centre, width * pose["window_width"])
    for image, hospital in zip(images, hospitals, strict=True):
        _burn_in(image, hospital)
    added = added.reshape(len(people), size, OVERSAMPLING, size, OVERSAMPLING).mean(axis=(2, 4))
    return images, (added > 0) & (added >= MASK_FRACTION * added.max(axis=(1, 2), keepdims=True))


def _optical_depths(people: list[Person], labels: np.ndarray, body: anatomy.Columns, pose: anatomy.Columns, size: int):
    """Optical depth of every beam through the body, and how much of it the lesion adds."""
    beams = size * OVERSAMPLING
    x = ((np.arange(beams, dtype=np.float32) + 0.5) / beams - 0.5) * np.float32(FIELD_CM)
    cos, sin = np.cos(pose["roll"]) / pose["magnification"], np.sin(pose["roll"]) / pose["magnification"]
    u = cos * x + sin * x[:, None] + pose["shift_u"]
    v = cos * x[:, None] - sin * x + pose["shift_v"]
    to_body = (cos, sin, pose["shift_u"], pose["shift_v"])
    vessels, edges = (anatomy.texture(x, np.stack([p.waves[i] for p in people]), to_body) for i in (0, 1))

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


def _burn_in(image: np.ndarray, hospital: Site):
    """Write the hospital's letter into an image (size, size), as large a share of it at every size."""
    size = len(image)
    letter = np.array([list(row) for row in hospital.marker]) == "1"
    scale = max(1, round(size / 28))
    letter = np.kron(letter, np.ones((scale, scale), bool))
    top, left = (
        min(round(share * size), size - side) for share, side in zip(hospital.corner, letter.shape, strict=True)
    )
    image[top : top + len(letter), left : left + letter.shape[1]][letter] = 250
