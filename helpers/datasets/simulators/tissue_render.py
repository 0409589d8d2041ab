"""From random numbers to stained tissue: draw a person, lay out the cells, stain the section, scan it."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from helpers.datasets.simulators import tissue_cells as cells
from helpers.datasets.simulators.radiography import OVERSAMPLING, count_photons, detector_matrix
from helpers.datasets.simulators.simulation import Columns, Person, person_rng, ramp, spread, texture

FIELD_UM = 40.0  # side of the square that the scanner sees
PHOTONS_PER_UM2 = 6_000.0  # that reach the camera through clear glass, per colour, at dose 1
# Share of the optical depth in red, green and blue. Ruifrok and Johnston, Analytical and Quantitative Cytology and
# Histology 23 (2001) 291, measured haematoxylin (0.18, 0.20, 0.08) and eosin (0.01, 0.13, 0.01): here to unit length.
HAEMATOXYLIN = (0.65, 0.70, 0.29)
EOSIN = (0.07, 0.99, 0.11)


@dataclass(frozen=True)
class Laboratory:
    """How one laboratory stains and scans.

    haematoxylin, eosin: colour of the stain, and its strength relative to the other laboratory. blur_um: standard
    deviation of the scanner's blur. exposure: photons relative to the nominal dose. glass: colour of clear glass.
    """

    haematoxylin: tuple[float, float, float]
    eosin: tuple[float, float, float]
    strength: tuple[float, float]
    blur_um: float
    exposure: float
    glass: tuple[float, float, float]


SITES = {
    "A": Laboratory(HAEMATOXYLIN, EOSIN, (1.0, 0.9), 0.25, 1.0, (0.97, 0.96, 0.97)),
    "B": Laboratory((0.56, 0.75, 0.36), (0.12, 0.91, 0.40), (0.88, 1.15), 0.55, 0.5, (0.96, 0.94, 0.91)),
}
# name: (typical value, standard deviation between the slides of different people)
SLIDE = {
    "haematoxylin": (0.0, 0.28),  # natural logarithm of the strength
    "eosin": (0.0, 0.25),
    "blueness": (0.0, 0.03),  # share by which the haematoxylin absorbs less red
    "fibres": (0.5, 0.08),  # of connective tissue, per µm
}
# the same between tiles of one slide
TILE = {
    "thickness": (0.0, 0.06),  # natural logarithm of the section's thickness
    "exposure": (0.0, 0.1),  # natural logarithm
}
LAYOUT = ("stroma", "hollow", "angle", "bulge", "phase", "lattice_x", "lattice_y", "lattice_angle")
WAVES = 24  # cosine waves that make each of the textures
CHROMATIN_CYCLES = (0.2, 1.0)  # per µm
CYTOPLASM_CYCLES = (0.04, 0.5)
CYTOPLASM = {"eosin": 0.55, "haematoxylin": 0.16}  # optical depth
STROMA = {"eosin": 0.85, "haematoxylin": 0.03}


@dataclass(frozen=True)
class TissuePerson(Person):
    """A person with a slide of tissue: how it is stained, and what its nuclei are like."""

    slide: np.ndarray
    nuclei: np.ndarray


def draw_person(seed: int, number: int) -> TissuePerson:
    """Person `number` of the population with that seed."""
    rng = person_rng(seed, number)
    names = ("site", "label", "views", "sex", "age", "grade", "inflamed")
    return TissuePerson(
        seed=seed,
        number=number,
        chance=dict(zip(names, rng.random(len(names)).tolist(), strict=True)),
        slide=rng.standard_normal(len(SLIDE)),
        nuclei=rng.standard_normal(len(cells.PERSON_SD)),
    )


def tiles(
    people: list[TissuePerson], views: np.ndarray, labels: np.ndarray, sites: np.ndarray, size: int, dose: float
) -> tuple[np.ndarray, np.ndarray]:
    """One tile per entry of people, views, labels and sites, all of length n.

    Returns images, uint8 (n, size, size, 3), and the nuclei of cancer cells, bool (n, size, size).
    """
    rngs = [person.view_rng(view) for person, view in zip(people, views.tolist(), strict=True)]
    slide = spread(SLIDE, np.stack([person.slide for person in people]))
    section = spread(TILE, np.stack([rng.standard_normal(len(TILE)) for rng in rngs]))
    tile = _layout(np.stack([rng.random(len(LAYOUT)) for rng in rngs]))
    uniform = np.stack([rng.random((cells.SIDE**2, 5)) for rng in rngs])
    normal = np.stack([rng.standard_normal((cells.SIDE**2, 12)) for rng in rngs])
    waves = np.stack([rng.random((2, WAVES, 3), dtype=np.float32) for rng in rngs])

    inflamed = np.array([person.chance["inflamed"] < cells.REACTIVE[0] for person in people])
    level = cells.atypia(labels, np.array([person.chance["grade"] for person in people]), inflamed)
    traits = cells.traits_of(level, np.stack([person.nuclei for person in people]))
    nuclei = cells.place(traits, tile, uniform, normal, inflamed)
    haematoxylin, eosin, cancer = _stains(nuclei, tile, slide, traits, waves, size)

    laboratories = [SITES[name] for name in sites]
    strength = np.array([laboratory.strength for laboratory in laboratories], np.float32)[..., None, None]
    thickness = np.exp(section["thickness"])
    haematoxylin *= strength[:, 0] * np.exp(slide["haematoxylin"]) * thickness
    eosin *= strength[:, 1] * np.exp(slide["eosin"]) * thickness
    images = _scan(haematoxylin, eosin, laboratories, slide, dose * np.exp(section["exposure"].ravel()), rngs, size)
    cancer = cancer * (labels == 1)[:, None, None]
    return images, cancer.reshape(len(people), size, OVERSAMPLING, size, OVERSAMPLING).mean(axis=(2, 4)) >= 0.5


def _layout(uniform: np.ndarray) -> Columns:
    """Where the layers of each tile lie, and the lattice of its nuclei, from uniform draws (n, len(LAYOUT))."""
    draws = {name: uniform[:, i, None, None].astype(np.float32) for i, name in enumerate(LAYOUT)}
    angle = 2 * np.pi * draws["angle"]
    return draws | {
        "cos": np.cos(angle),
        "sin": np.sin(angle),
        "stroma": 2 + 30 * draws["stroma"],
        "hollow": -8 - 36 * draws["hollow"],
        "bulge": 10 * (draws["bulge"] - 0.5),
        "phase": 2 * np.pi * draws["phase"],
        "lattice_angle": np.pi / 3 * draws["lattice_angle"],
    }


def _stains(nuclei: Columns, tile: Columns, slide: Columns, traits: Columns, waves: np.ndarray, size: int):
    """Optical depth of haematoxylin and of eosin, and the share of epithelial nuclei, each (n, samples, samples)."""
    samples = size * OVERSAMPLING
    pitch = FIELD_UM / samples
    x = ((np.arange(samples, dtype=np.float32) + 0.5) / samples - 0.5) * np.float32(FIELD_UM)
    here = np.ones((len(waves), 1, 1), np.float32), *np.zeros((3, len(waves), 1, 1), np.float32)
    chromatin = texture(x, waves[:, 0], here, CHROMATIN_CYCLES)
    plasma = texture(x, waves[:, 1], here, CYTOPLASM_CYCLES)

    owner, gap = _nearest(x, nuclei, traits)
    border = np.exp(-((gap / 0.45) ** 2))
    inside, stained = _nucleus(x, owner, nuclei, chromatin, pitch)
    seam = np.clip(gap / 0.6, 0, 1)  # nuclei that press against each other stay apart
    inside, stained = inside * seam, stained * seam

    depth = cells.layer(x, x[:, None], tile).astype(np.float32)
    stroma = ramp((depth - tile["stroma"]) / 1.5 + 0.5)
    tissue = ramp((depth - tile["hollow"]) / 1.2 + 0.5)
    fibre = np.cos(2 * np.pi * slide["fibres"] * 0.5 * (depth + 1.5 * plasma))
    eosin = (1 - stroma) * CYTOPLASM["eosin"] * (1 + 0.16 * plasma + 0.45 * border)
    eosin += stroma * STROMA["eosin"] * np.clip(1 + 0.35 * fibre + 0.12 * plasma, 0.1, 1.6)
    haematoxylin = (1 - stroma) * CYTOPLASM["haematoxylin"] + stroma * STROMA["haematoxylin"]
    haematoxylin = tissue * (haematoxylin * (1 - inside) + stained)
    eosin = tissue * eosin * (1 - 0.55 * inside)
    return haematoxylin, eosin, inside * (_of(nuclei["kind"], owner) == cells.EPITHELIUM)


def _of(values: np.ndarray, owner: np.ndarray) -> np.ndarray:
    """The value of the nucleus that each sample belongs to: values (n, nuclei), owner as _nearest gives it."""
    return values.astype(np.float32).ravel().take(owner)


def _nearest(x: np.ndarray, nuclei: Columns, traits: Columns) -> tuple[np.ndarray, np.ndarray]:
    """Which nucleus each sample belongs to, (n, samples, samples), and how many µm from the cell's border it lies.

    The nuclei of all tiles are numbered in one row.

    Cells share the tile like the cells of a power diagram: a sample belongs to the nucleus with the smallest squared
    distance less the squared radius, so that a large nucleus has a large cell and presses its neighbours flat.
    """
    shape = (len(nuclei["x"]), len(x), len(x))
    first, second = np.full(shape, np.inf, np.float32), np.full(shape, np.inf, np.float32)
    owner = np.zeros(shape, np.intp)
    weight = np.where(nuclei["kind"] == cells.NONE, 0, nuclei["radius"] ** 2)
    across = (x - nuclei["x"][..., None]).astype(np.float32) ** 2
    down = (x - nuclei["y"][..., None]).astype(np.float32) ** 2 - weight[..., None].astype(np.float32)
    for k in range(cells.NEAREST):
        power = down[:, k, :, None] + across[:, k, None, :]
        np.copyto(owner, k, where=power < first)
        np.minimum(second, np.maximum(first, power), out=second)
        np.minimum(first, power, out=first)
    owner += cells.NEAREST * np.arange(len(owner))[:, None, None]
    return owner, (second - first) / (2 * traits["spacing"][..., None].astype(np.float32))


def _nucleus(x: np.ndarray, owner: np.ndarray, nuclei: Columns, chromatin: np.ndarray, pitch: float):
    """Share of each sample that is nucleus, and the optical depth of its haematoxylin.

    The outline is a stretched circle with dents, r (1 + sum of c_k cos k(t - t_k)) over k = 2 to 4 at the angle t.
    """
    centre_x, centre_y, radius, darkness, clumping, nucleolus, kind = (
        _of(nuclei[name], owner) for name in ("x", "y", "radius", "darkness", "clumping", "nucleolus", "kind")
    )
    cos, sin, stretch = (
        _of(values, owner) for values in (np.cos(nuclei["angle"]), np.sin(nuclei["angle"]), nuclei["stretch"])
    )
    dx, dy = x - centre_x, x[:, None] - centre_y
    along, across = (cos * dx + sin * dy) / stretch, (cos * dy - sin * dx) * stretch
    distance = np.sqrt(along**2 + across**2) + np.float32(1e-3)
    towards = (along + 1j * across) / distance
    ripple, power = 0, towards
    for k in range(3):
        power = power * towards
        ripple = ripple + _of(nuclei["dents"][..., k], owner) * power.real
        ripple = ripple + _of(nuclei["dents"][..., k + 3], owner) * power.imag
    from_edge = radius * (1 + ripple) - distance
    inside = np.clip(from_edge / max(0.4, pitch) + 0.5, 0, 1) * (kind != cells.NONE)
    rim = 0.25 * np.exp(-((from_edge / 0.6) ** 2))
    spot = nucleolus * np.exp(-((along - 0.25 * radius) ** 2 + across**2) / 0.9)
    stained = darkness * np.clip(1 + clumping * chromatin + rim + 0.6 * spot, 0.3, 2.2)
    return inside, inside * stained


def _scan(haematoxylin, eosin, laboratories, slide: Columns, dose: np.ndarray, rngs, size: int) -> np.ndarray:
    """What the camera records of the light that passes the section: Beer and Lambert's law in three colours."""
    pixel_um = FIELD_UM / size
    matrices = {lab: detector_matrix(size, OVERSAMPLING, lab.blur_um / pixel_um) for lab in set(laboratories)}
    detector = np.stack([matrices[laboratory] for laboratory in laboratories])
    images = np.empty((len(laboratories), size, size, 3), np.uint8)
    photons = PHOTONS_PER_UM2 * pixel_um**2 * dose * [laboratory.exposure for laboratory in laboratories]
    for colour in range(3):
        absorbs = np.array([(lab.haematoxylin[colour], lab.eosin[colour]) for lab in laboratories], np.float32)
        blue, pink = absorbs.T[..., None, None]
        if colour == 0:
            blue = blue * (1 - slide["blueness"])
        light = detector @ np.exp(-(blue * haematoxylin + pink * eosin)) @ detector.transpose(0, 2, 1)
        for i, rng in enumerate(rngs):
            glass = 255 * laboratories[i].glass[colour]
            counted = count_photons(light[i], float(photons[i]), rng)
            images[i, ..., colour] = np.rint(np.clip(glass * counted, 0, 255))
    return images
