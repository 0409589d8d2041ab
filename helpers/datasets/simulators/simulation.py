"""What all simulators share: random people, checked arguments, one split by patient, one table of patients."""

from __future__ import annotations

import functools
import inspect
import math
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from typing import ClassVar

import numpy as np
import pandas as pd

from helpers.datasets.arguments import check_fractions, check_whole, refuse
from helpers.datasets.contract import ImageDataset, Split

Columns = dict[str, np.ndarray]
MOST_IMAGES = 20  # of one patient
PIXELS_AT_ONCE = 2**13


@dataclass(frozen=True)
class Person:
    """All random numbers of one person, drawn whether or not they are used: also the disease that label 0 leaves out.

    They depend on the seed and the person's number alone. chance: uniform numbers from 0 to 1 by name, at least those
    for the site, the label, the number of views, the sex and the age.
    """

    AGE_BANDS: ClassVar[tuple[str, ...]] = ("18-39", "40-64", "65+")

    seed: int
    number: int
    chance: dict[str, float]

    @property
    def age(self) -> int:
        """Index into AGE_BANDS."""
        return int(self.chance["age"] * len(self.AGE_BANDS))

    @property
    def female(self) -> bool:
        return self.chance["sex"] < 0.5

    def view_rng(self, view: int) -> np.random.Generator:
        """The random numbers of one picture of this person."""
        return np.random.default_rng(np.random.SeedSequence(self.seed, spawn_key=(self.number, view)))


def person_rng(seed: int, number: int) -> np.random.Generator:
    """The random numbers of person `number` in the population with that seed."""
    return np.random.default_rng(np.random.SeedSequence(seed, spawn_key=(number,)))


def spread(table: dict[str, tuple[float, float]], normal: np.ndarray) -> Columns:
    """Turn standard normal draws, shape (n, len(table)), into named columns of shape (n, 1, 1), within 2.5 SD.

    table: name to typical value and standard deviation.
    """
    centre, deviation = np.array(list(table.values())).T
    values = (centre + deviation * np.clip(normal, -2.5, 2.5)).astype(np.float32)
    return {name: values[:, i, None, None] for i, name in enumerate(table)}


def between(table: dict[str, tuple[float, float]], uniform: np.ndarray) -> Columns:
    """Turn uniform draws, shape (n, len(table)), into named columns of shape (n, 1, 1) between the table's limits."""
    least, greatest = np.array(list(table.values())).T
    values = (least + (greatest - least) * uniform).astype(np.float32)
    return {name: values[:, i, None, None] for i, name in enumerate(table)}


def ramp(x):
    """0 below zero, 1 above one, smooth between: 3x² - 2x³."""
    x = np.clip(x, 0, 1)
    return x * x * (3 - 2 * x)


def texture(x, waves: np.ndarray, to_body: tuple[np.ndarray, ...], cycles: tuple[float, float]) -> np.ndarray:
    """A random field of unit variance with the 1/f³ spectrum of anatomical noise, fixed to the body.

    waves: shape (n, number of waves, 3), uniform numbers for frequency, direction and phase.
    x: positions along either axis, in any unit of length. cycles: lowest and highest frequency per that unit.
    to_body: cosine and sine of the body's roll, divided by its magnification, and its shift along either axis, each
    of shape (n, 1, 1).
    A sum of waves cos(a x + b y + c) is a product of matrices, cos(ax) cos(by + c) - sin(ax) sin(by + c).
    Spectrum: Burgess, Jacobson and Judy, Medical Physics 28 (2001) 419, exponents near 3 in chest radiographs.
    """
    frequency = cycles[0] * (cycles[1] / cycles[0]) ** waves[..., 0]  # as many waves in every octave
    angle, phase = np.float32(np.pi) * waves[..., 1], np.float32(2 * np.pi) * waves[..., 2]
    weight = frequency**-0.5
    weight = weight * np.sqrt(2 / (weight**2).sum(axis=1, keepdims=True))
    a_body = 2 * np.float32(np.pi) * frequency * np.cos(angle)
    b_body = 2 * np.float32(np.pi) * frequency * np.sin(angle)
    cos, sin, offset_u, offset_v = (t[:, 0] for t in to_body)
    a, b = a_body * cos - b_body * sin, a_body * sin + b_body * cos
    c = phase + a_body * offset_u + b_body * offset_v
    along = a[:, None, :] * x[:, None]
    down = b[:, None, :] * x[:, None] + c[:, None, :]
    rows = np.concatenate([np.cos(down), -np.sin(down)], axis=-1) * np.concatenate([weight, weight], -1)[:, None, :]
    columns = np.concatenate([np.cos(along), np.sin(along)], axis=-1)
    return rows @ columns.transpose(0, 2, 1)


def takes_arguments_of(method: Callable, **defaults: object) -> Callable[[Callable], Callable]:
    """Let a function take the arguments of a method of Simulator, spelled out in its signature and in `help`.

    The decorated function takes its own arguments by name and the method's as `**shared`; it is called with all of
    them, missing ones by default. defaults: those that are not the method's.
    """
    shared = [
        argument.replace(default=defaults.get(name, argument.default))
        for name, argument in inspect.signature(method).parameters.items()
        if name != "self"
    ]

    def decorate(function: Callable) -> Callable:
        itself = inspect.signature(function)
        own = [argument for argument in itself.parameters.values() if argument.kind is argument.KEYWORD_ONLY]
        signature = itself.replace(parameters=[*shared, *own])

        @functools.wraps(function)
        def explicit(*args, **given):
            try:
                bound = signature.bind(*args, **given)
            except TypeError as error:
                raise TypeError(f"{function.__name__}: {error}") from None
            bound.apply_defaults()
            return function(**bound.arguments)

        explicit.__signature__ = signature
        return explicit

    return decorate


@dataclass(frozen=True)
class Simulator:
    """One kind of simulated picture, and the data sets made of it.

    draw_person(seed, number): a Person of that population. sites: name to how that site takes its pictures.
    take(people, views, labels, sites, size, dose): one picture per entry, images uint8 of shape (n, size, size) or
    (n, size, size, 3) and masks bool (n, size, size).
    """

    name: str
    title: str
    class_names: tuple[str, ...]
    sites: Mapping[str, object]
    draw_person: Callable[[int, int], Person]
    take: Callable[..., tuple[np.ndarray, np.ndarray]]

    def dataset(
        self,
        *,
        patients: int,
        images_per_patient: tuple[int, int] = (1, 3),
        size: int = 28,
        class_balance: tuple[float, ...] | Mapping[str, tuple[float, ...]],
        dose: float = 1.0,
        sites: tuple[str, ...] = ("A", "B"),
        validation_fraction: float = 0.15,
        test_fraction: float = 0.15,
        seed: int = 1,
    ) -> ImageDataset:
        """A data set of these pictures, split by patient: what every simulator takes, and with which defaults.

        Raises ValueError naming the argument, what is allowed and what was given.
        """
        check_whole("patients", patients, 20, 1_000_000)
        _check_images_per_patient(images_per_patient)
        self._check_picture(size, dose, sites, seed)
        balance = self._check_balance(class_balance, sites)
        _check_patients_suffice(patients, validation_fraction, test_fraction)

        people = [self.draw_person(seed, number) for number in range(patients)]
        site = np.array([sites[int(person.chance["site"] * len(sites))] for person in people])
        limits = np.cumsum([balance[name] for name in site], axis=1)[:, :-1]
        label = (np.array([[person.chance["label"]] for person in people]) >= limits).sum(axis=1)
        least, greatest = images_per_patient
        views = [least + int(person.chance["views"] * (greatest - least + 1)) for person in people]

        owner = np.repeat(np.arange(patients), views)
        view = np.concatenate([np.arange(count) for count in views])
        images, masks = self._pictures([people[k] for k in owner], view, label[owner], site[owner], size, dose)
        turn = deal(patients)[owner]
        rows = {
            "validation": turn < validation_fraction,
            "test": (turn >= validation_fraction) & (turn < validation_fraction + test_fraction),
            "train": turn >= validation_fraction + test_fraction,
        }
        return ImageDataset(
            name=self.name,
            title=f"{self.title}, {size} x {size} pixels",
            **{
                name: Split(images[chosen], label[owner][chosen], owner[chosen], masks[chosen])
                for name, chosen in rows.items()
            },
            class_names=self.class_names,
            disease_class=1,
            simulated=True,
            patients_known=True,
            source=f"simulated by this course ({self.name}), seed {seed}",
            licence="CC BY 4.0",
            citation=f"Deep Learning in Healthcare: an executable course, {self.title[0].lower()}{self.title[1:]}",
            patient_table=patient_table(people, site),
        )

    def picture(
        self,
        patient: int,
        label: int,
        *,
        view: int = 0,
        size: int = 28,
        dose: float = 1.0,
        site: str = "A",
        seed: int = 1,
    ) -> tuple[np.ndarray, np.ndarray]:
        """One picture of one simulated person and its mask, as in the data set, with any label.

        Raises ValueError naming the argument, what is allowed and what was given.
        """
        check_whole("patient", patient, 0, 1_000_000)
        check_whole("label", label, 0, len(self.class_names) - 1)
        check_whole("view", view, 0, MOST_IMAGES - 1)
        self._check_picture(size, dose, (site,), seed)
        images, masks = self.take(
            [self.draw_person(seed, patient)], np.array([view]), np.array([label]), np.array([site]), size, dose
        )
        return images[0], masks[0]

    def _pictures(self, people, views, labels, sites, size, dose):
        """Images (n, size, size, channels) and masks, some at a time: what fits into the processor's cache is quick."""
        step = max(1, PIXELS_AT_ONCE // size**2)
        batches = []
        for start in range(0, len(people), step):
            some = slice(start, start + step)
            batches.append(self.take(people[some], views[some], labels[some], sites[some], size, dose))
        images, masks = (np.concatenate(parts) for parts in zip(*batches, strict=True))
        return images.reshape(len(people), size, size, -1), masks

    def _check_picture(self, size, dose, sites, seed):
        check_whole("size", size, 16, 1024)
        check_whole("seed", seed, 0, 2**63 - 1)
        if not isinstance(dose, int | float | np.number) or isinstance(dose, bool) or not dose >= 0.001:
            refuse("dose", "a number of at least 0.001, or math.inf", dose)
        known = isinstance(sites, tuple | list) and all(isinstance(name, str) and name in self.sites for name in sites)
        if not known or not sites or len(set(sites)) != len(sites):
            refuse("sites", f"one or more of {tuple(self.sites)}, each once", sites)

    def _check_balance(self, given, sites) -> dict[str, tuple[float, ...]]:
        """The probabilities of the classes at each site."""
        by_site = dict(given) if isinstance(given, Mapping) else dict.fromkeys(sites, given)
        if set(by_site) != set(sites):
            refuse("class_balance", f"probabilities for each of the sites {tuple(sites)}", given)
        for shares in by_site.values():
            try:
                values = np.array(shares, dtype=float)
            except (TypeError, ValueError):
                values = np.array([])
            if values.shape != (len(self.class_names),) or not (values >= 0).all() or abs(values.sum() - 1) > 1e-6:
                names = f"{', '.join(self.class_names[:-1])} and {self.class_names[-1]}"
                refuse("class_balance", f"{len(self.class_names)} probabilities that add up to 1, for {names}", given)
        return by_site


def deal(patients: int) -> np.ndarray:
    """A number from 0 to 1 for each patient, by which the splits are cut.

    Golden-ratio steps deal the patients out evenly, whatever their number, and never move one who is already there.

    >>> deal(5).round(3).tolist()
    [0.0, 0.618, 0.236, 0.854, 0.472]
    """
    return (np.arange(patients) * (math.sqrt(5) - 1) / 2) % 1


def patient_table(people: Iterable[Person], site: np.ndarray) -> pd.DataFrame:
    """Site, sex and age band of each person, indexed by number."""
    rows = [("F" if person.female else "M", person.AGE_BANDS[person.age]) for person in people]
    index = pd.RangeIndex(len(rows), name="patient")
    return pd.DataFrame(rows, columns=["sex", "age_band"], index=index).assign(site=site)[["site", "sex", "age_band"]]


def _check_images_per_patient(given):
    if not isinstance(given, tuple | list) or len(given) != 2:
        refuse("images_per_patient", "two whole numbers, the least and the greatest", given)
    check_whole("images_per_patient[0]", given[0], 1, MOST_IMAGES)
    check_whole("images_per_patient[1]", given[1], given[0], MOST_IMAGES)


def _check_patients_suffice(patients, validation_fraction, test_fraction):
    check_fractions(validation_fraction, test_fraction)
    shares = {
        "validation_fraction": validation_fraction,
        "test_fraction": test_fraction,
        "what is left to train, 1 - validation_fraction - test_fraction,": 1 - validation_fraction - test_fraction,
    }
    for argument, given in shares.items():
        if given * patients < 2:
            refuse(argument, f"at least {2 / patients:.3g}, two of the {patients} patients", given)
