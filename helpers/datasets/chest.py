"""Simulated chest radiographs of people without disease, with pneumonia and with a tumour, from two hospitals."""

from __future__ import annotations

import math
from collections.abc import Mapping

import numpy as np
import pandas as pd

from helpers.datasets.chest_render import AGE_BANDS, SITES, draw_person, radiographs
from helpers.datasets.contract import ImageDataset, Split

CLASS_NAMES = ("normal", "pneumonia", "tumour")


def simulate_chest(
    *,
    patients: int = 2600,
    images_per_patient: tuple[int, int] = (1, 3),
    size: int = 28,
    class_balance: tuple[float, float, float] | Mapping[str, tuple[float, float, float]] = (0.4, 0.35, 0.25),
    dose: float = 1.0,
    sites: tuple[str, ...] = ("A", "B"),
    validation_fraction: float = 0.15,
    test_fraction: float = 0.15,
    seed: int = 1,
) -> ImageDataset:
    """A data set of simulated chest radiographs: the same arguments give the same bits.

    patients: how many people, 20 or more. Person k is the same however many follow.
    images_per_patient: least and greatest number of pictures of one person, between 1 and 20. They share the person's
    anatomy and lesion and differ in position, breath, exposure and noise.
    size: height and width in pixels, 16 or more; the picture stays 30 cm wide.
    class_balance: probabilities of normal, pneumonia and tumour. A mapping from site to three probabilities makes the
    disease more common in one hospital than in the other, so that a model can cheat by reading the marker.
    dose: photons relative to the nominal exposure; math.inf leaves no noise.
    sites: the hospitals, "A", "B" or both; every patient goes to one of them with equal probability.
    validation_fraction, test_fraction: shares of the patients in these splits; the others train.
    seed: a whole number, 0 or more.

    Returns an ImageDataset with images uint8 (n, size, size, 1), masks bool (n, size, size), empty for normal, and
    labels 0 normal, 1 pneumonia, 2 tumour. A mask holds the pixels to which the lesion adds at least a quarter of the
    optical depth that it adds at its peak.
    Raises ValueError naming the argument, what is allowed and what was given.
    Taught in notebooks/02_cnn_imaging.ipynb, section 1.
    """
    _check_whole("patients", patients, 20, 1_000_000)
    _check_images_per_patient(images_per_patient)
    _check_picture(size, dose, sites, seed)
    balance = _check_balance(class_balance, sites)
    _check_fractions(patients, validation_fraction, test_fraction)

    people = [draw_person(seed, number) for number in range(patients)]
    site = np.array([sites[int(person.chance["site"] * len(sites))] for person in people])
    limits = np.cumsum([balance[name] for name in site], axis=1)[:, :2]
    label = (np.array([[person.chance["label"]] for person in people]) >= limits).sum(axis=1)
    least, greatest = images_per_patient
    views = [least + int(person.chance["views"] * (greatest - least + 1)) for person in people]

    owner = np.repeat(np.arange(patients), views)
    view = np.concatenate([np.arange(count) for count in views])
    images, masks = radiographs([people[k] for k in owner], view, label[owner], site[owner], size, dose)
    table = pd.DataFrame(
        {
            "site": site,
            "sex": ["F" if person.female else "M" for person in people],
            "age_band": [AGE_BANDS[person.age] for person in people],
        },
        index=pd.RangeIndex(patients, name="patient"),
    )
    # Golden-ratio steps deal the patients out evenly, whatever their number, and never move one who is already there.
    turn = (np.arange(patients) * (math.sqrt(5) - 1) / 2)[owner] % 1
    rows = {
        "validation": turn < validation_fraction,
        "test": (turn >= validation_fraction) & (turn < validation_fraction + test_fraction),
        "train": turn >= validation_fraction + test_fraction,
    }
    return ImageDataset(
        name="chest",
        title=f"Simulated chest radiographs, {size} x {size} pixels",
        **{
            name: Split(images[chosen][..., None], label[owner][chosen], owner[chosen], masks[chosen])
            for name, chosen in rows.items()
        },
        class_names=CLASS_NAMES,
        disease_class=1,
        simulated=True,
        patients_known=True,
        source=f"simulated by helpers.datasets.chest, seed {seed}",
        licence="CC BY 4.0",
        citation="Deep Learning in Healthcare: an executable course, simulated chest radiographs",
        patient_table=table,
    )


def render_patient(
    patient: int, label: int, *, view: int = 0, size: int = 28, dose: float = 1.0, site: str = "A", seed: int = 1
) -> tuple[np.ndarray, np.ndarray]:
    """One picture of one simulated person, as healthy (label 0), with pneumonia (1) or with a tumour (2).

    The same patient, view and seed show the same person in the same position at every size, dose and site, with the
    lesion or without it: those of simulate_chest with that seed. dose=math.inf leaves no noise.
    Returns the image, uint8 of shape (size, size), and the lesion's mask, bool of that shape.
    Raises ValueError naming the argument, what is allowed and what was given.
    Taught in notebooks/02_cnn_imaging.ipynb, section 1.
    """
    _check_whole("patient", patient, 0, 1_000_000)
    _check_whole("label", label, 0, len(CLASS_NAMES) - 1)
    _check_whole("view", view, 0, 19)
    _check_picture(size, dose, (site,), seed)
    images, masks = radiographs(
        [draw_person(seed, patient)], np.array([view]), np.array([label]), np.array([site]), size, dose
    )
    return images[0], masks[0]


def _refuse(argument: str, allowed: str, given):
    raise ValueError(f"{argument}: expected {allowed}, got {given!r}")


def _check_whole(argument: str, given, least: int, greatest: int):
    whole = isinstance(given, int | np.integer) and not isinstance(given, bool)
    if not whole or not least <= given <= greatest:
        _refuse(argument, f"a whole number from {least} to {greatest}", given)


def _check_picture(size, dose, sites, seed):
    _check_whole("size", size, 16, 1024)
    _check_whole("seed", seed, 0, 2**63 - 1)
    if not isinstance(dose, int | float | np.number) or isinstance(dose, bool) or not dose >= 0.001:
        _refuse("dose", "a number of at least 0.001, or math.inf", dose)
    known = isinstance(sites, tuple | list) and all(isinstance(name, str) and name in SITES for name in sites)
    if not known or not sites or len(set(sites)) != len(sites):
        _refuse("sites", f"one or more of {tuple(SITES)}, each once", sites)


def _check_images_per_patient(given):
    if not isinstance(given, tuple | list) or len(given) != 2:
        _refuse("images_per_patient", "two whole numbers, the least and the greatest", given)
    _check_whole("images_per_patient[0]", given[0], 1, 20)
    _check_whole("images_per_patient[1]", given[1], given[0], 20)


def _check_balance(given, sites) -> dict[str, tuple[float, ...]]:
    """The probabilities of the classes at each site."""
    by_site = dict(given) if isinstance(given, Mapping) else dict.fromkeys(sites, given)
    if set(by_site) != set(sites):
        _refuse("class_balance", f"probabilities for each of the sites {tuple(sites)}", given)
    for shares in by_site.values():
        try:
            values = np.array(shares, dtype=float)
        except (TypeError, ValueError):
            values = np.array([])
        if values.shape != (len(CLASS_NAMES),) or not (values >= 0).all() or abs(values.sum() - 1) > 1e-6:
            _refuse("class_balance", "three probabilities that add up to 1, for normal, pneumonia and tumour", given)
    return by_site


def _check_fractions(patients, validation_fraction, test_fraction):
    shares = {"validation_fraction": validation_fraction, "test_fraction": test_fraction}
    for argument, given in shares.items():
        if not isinstance(given, int | float | np.number) or isinstance(given, bool) or not 0 < given < 1:
            _refuse(argument, "a number between 0 and 1", given)
    shares["what is left to train, 1 - validation_fraction - test_fraction,"] = 1 - validation_fraction - test_fraction
    for argument, given in shares.items():
        if given * patients < 2:
            _refuse(argument, f"at least {2 / patients:.3g}, two of the {patients} patients", given)
