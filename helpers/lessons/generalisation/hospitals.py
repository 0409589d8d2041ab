"""Hospitals that differ on purpose: by their machine, by who comes to them, and by what they call ill."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from functools import partial

import keras
import numpy as np
import pandas as pd
from scipy.ndimage import gaussian_filter

from helpers import evaluation
from helpers.datasets import ImageDataset, Split, load
from helpers.datasets.simulators.chest import simulate_chest
from helpers.datasets.sources.stored import remembered

LETTER = np.array([list("1110"), list("1001"), list("1110"), list("1001")]) == "1"  # R, in the lower left corner
MIDDLE = 128  # grey value about which contrast stretches
SIDE = 28  # pixels of the side for which blur and shift are given


@dataclass(frozen=True)
class Machine:
    """How a hospital takes its pictures, as a change of those of hospital A. The default changes nothing.

    blur: standard deviation of a Gaussian, in pixels of an image of 28; wider images are blurred by as much of their
    side. noise: standard deviation of the detector's noise, in grey values. contrast and lift: the grey value x becomes
    contrast · (x - 128) + 128 + lift. shift: pixels (of 28) down and to the right. letter: whether an R is burnt in.
    """

    blur: float = 0.0
    noise: float = 0.0
    contrast: float = 1.0
    lift: float = 0.0
    shift: tuple[int, int] = (0, 0)
    letter: bool = False

    def take(self, images: np.ndarray, rng: np.random.Generator) -> np.ndarray:
        """Copies of images, uint8 (n, height, width, channels), as this machine shows them.

        Edges are continued with the nearest pixel.
        """
        scale = images.shape[1] / SIDE
        down, right = (round(step * scale) for step in self.shift)
        height, width = images.shape[1:3]
        moved = images[:, np.clip(np.arange(height) - down, 0, height - 1)]
        moved = moved[:, :, np.clip(np.arange(width) - right, 0, width - 1)].astype(np.float32)
        if self.blur:
            moved = gaussian_filter(moved, (0, self.blur * scale, self.blur * scale, 0), mode="nearest")
        grey = self.contrast * (moved - MIDDLE) + MIDDLE + self.lift
        if self.noise:
            grey += self.noise * rng.standard_normal(grey.shape, np.float32)
        taken = np.rint(grey.clip(0, 255)).astype(np.uint8)
        if self.letter:
            size = max(1, round(scale))
            letter = np.kron(LETTER, np.ones((size, size), bool))
            side = len(letter)
            taken[:, -side - size : -size, size : size + side][:, letter] = 250
        return taken

    def at(self, rows: Split, rng: np.random.Generator) -> Split:
        """The same people and diagnoses, in pictures of this machine. Masks follow the shift of the picture."""
        masks = None
        if rows.masks is not None:
            down, right = (round(step * rows.images.shape[1] / SIDE) for step in self.shift)
            masks = np.roll(rows.masks, (down, right), (1, 2))
        return Split(self.take(rows.images, rng), rows.labels, rows.patients, masks)


NEXT_YEAR = Machine(blur=0.3, noise=3, contrast=0.95, lift=4)  # hospital A's own machine, a year on
MACHINE_B = Machine(blur=0.8, noise=18, contrast=0.75, lift=12, shift=(1, 1), letter=True)  # this course's choice


def random_machine(rng: np.random.Generator, strength: float = 1.0) -> Machine:
    """A machine of a hospital that nobody has seen: every setting drawn at random, without a letter.

    strength: 0 is hospital A's; at 1, blur up to .9 pixels, noise up to 14 grey values, contrast from .65 to 1.25, lift
    up to ±20 grey values, and a shift of up to one pixel.
    """
    return Machine(
        blur=float(strength * rng.uniform(0, 0.9)),
        noise=float(strength * rng.uniform(0, 14)),
        contrast=float(1 + strength * rng.uniform(-0.35, 0.25)),
        lift=float(strength * rng.uniform(-20, 20)),
        shift=tuple(int(step) for step in np.rint(strength * rng.uniform(-1, 1, 2))),
    )


def load_home(dataset: str, *, seed: int) -> ImageDataset:
    """Hospital A's images: of the simulator those of its site A alone, of any other data set all.

    Raises DataError as `load` does. Taught in notebooks/08_generalisation.ipynb, section 1.1.
    """
    if dataset == "chest":
        return remembered("chest-A", seed, partial(simulate_chest, sites=("A",)))
    return load(dataset, seed=seed)


def divide(rows: Split, patients: int, *, seed: int) -> tuple[Split, Split]:
    """Training rows of two hospitals without a common person: at most so many people each, or half of all.

    Taught in notebooks/08_generalisation.ipynb, section 1.1.
    """
    people = np.random.default_rng(seed).permutation(np.unique(rows.patients))
    each = min(patients, len(people) // 2)
    return tuple(rows.rows(np.isin(rows.patients, people[k * each : (k + 1) * each])) for k in (0, 1))


def with_prevalence(rows: Split, prevalence: float, rng: np.random.Generator) -> np.ndarray:
    """Indices of the rows of people drawn without replacement so that about this share of the people is ill.

    rows: labels 0 and 1; a person with any row of label 1 counts as ill. Of one of the two groups everybody is kept.
    Raises ValueError for a prevalence outside 0 to 1, and where a group has nobody.
    Taught in notebooks/08_generalisation.ipynb, section 1.3.
    """
    if not 0 < prevalence < 1:
        raise ValueError(f"prevalence: expected a share between 0 and 1, found {prevalence}")
    sick = np.unique(rows.patients[rows.labels == 1])
    well = np.setdiff1d(rows.patients, sick)
    if not len(sick) or not len(well):
        raise ValueError(f"with_prevalence: needs ill and healthy people, found {len(sick)} and {len(well)}")
    ill = min(len(sick), max(1, round(len(well) * prevalence / (1 - prevalence))))
    others = min(len(well), max(1, round(ill * (1 - prevalence) / prevalence)))
    kept = [rng.permutation(who)[:many] for who, many in ((sick, ill), (well, others))]
    return np.flatnonzero(np.isin(rows.patients, np.concatenate(kept)))


def severity(rows: Split, healthy: np.ndarray) -> np.ndarray:
    """How much there is to see, per row: pixels of the lesion, or where nobody drew it, grey values from the healthy.

    healthy: the mean healthy image (height, width, channels). The latter is the mean of the tenth of the pixels that
    are brightest beyond it.
    """
    if rows.masks is not None:
        return rows.masks.sum(axis=(1, 2)).astype(np.float64)
    beyond = np.sort((rows.images - healthy).reshape(len(rows), -1), axis=1)
    return beyond[:, -max(1, beyond.shape[1] // 10) :].mean(axis=1)


def another_definition(rows: Split, extent: np.ndarray, share: float) -> Split:
    """The same pictures where the mildest `share` of the ill people are filed as healthy.

    extent: (n,), of `severity`; a person's is the mean over their rows.
    Taught in notebooks/08_generalisation.ipynb, section 1.3.
    """
    sick = np.unique(rows.patients[rows.labels == 1])
    of_person = np.array([extent[rows.patients == person].mean() for person in sick])
    mild = sick[np.argsort(of_person, kind="stable")[: round(share * len(sick))]]
    labels = np.where(np.isin(rows.patients, mild), 0, rows.labels)
    return Split(rows.images, labels, rows.patients, rows.masks)


@dataclass(frozen=True)
class Seen:
    """What a network makes of images: features (n, d) of its last layer but one, log-odds and risks (n,)."""

    features: np.ndarray
    log_odds: np.ndarray

    @property
    def risks(self) -> np.ndarray:
        """Probabilities of the disease, (n,)."""
        return 1 / (1 + np.exp(-self.log_odds))

    def of_rows(self, keep: np.ndarray) -> Seen:
        """The same of the rows that an array of indices keeps."""
        return Seen(self.features[keep], self.log_odds[keep])


def score_table(
    samples: Mapping[str, tuple[evaluation.Labelled, np.ndarray, float]], *, draws: int, seed: int
) -> pd.DataFrame:
    """AUC, calibration intercept, sensitivity and specificity of each sample, as Interval objects, a row per sample.

    samples: name -> (rows with labels 0 and 1 and patients, risks (n,), threshold).
    Taught in notebooks/08_generalisation.ipynb, section 1.3.
    """
    lines = {}
    for name, (rows, risks, threshold) in samples.items():
        metrics = {
            "AUC": evaluation.auc,
            "intercept": evaluation.calibration_intercept,
            "sensitivity": evaluation.called_right(1, threshold, "diseased"),
            "specificity": evaluation.called_right(1, threshold, "others"),
        }
        lines[name] = {
            score: evaluation.bootstrap(metric, rows, evaluation.two_columns(risks), draws=draws, seed=seed)
            for score, metric in metrics.items()
        }
    return pd.DataFrame.from_dict(lines, orient="index")


class Eye:
    """A network read at its last layer but one: built once, asked often, with whatever weights it is given."""

    def __init__(self, network: keras.Model, layer: str = "global_pool"):
        self.network = network
        self._to_features = keras.Model(network.inputs, network.get_layer(layer).output)

    def look(self, weights: list[np.ndarray], images: np.ndarray) -> Seen:
        """What the network makes of images with these weights; its last layer is applied here, in double precision."""
        self.network.set_weights(weights)
        features = self._to_features.predict(images, batch_size=256, verbose=0).astype(np.float64)
        kernel, bias = (np.asarray(one, np.float64) for one in weights[-2:])
        logits = features @ kernel + bias
        return Seen(features, logits[:, 1] - logits[:, 0])


@dataclass(frozen=True)
class Shifted:
    """Patients of a hospital that differs from A in a known way: rows, and what A's network makes of them."""

    rows: Split
    seen: Seen


def scenarios(
    rows: Split,
    elsewhere: Split,
    of_a: Seen,
    of_b: Seen,
    extent: np.ndarray,
    *,
    prevalence: float,
    milder: float,
    rng: np.random.Generator,
) -> dict[str, Shifted]:
    """The same people in five hospitals: A, another machine, fewer ill, another definition, and all three at once.

    elsewhere: the same people and rows in another machine's pictures. of_a, of_b: what the network makes of rows and
    elsewhere. extent: of `severity`, (n,). prevalence: share of the ill people where they are fewer. milder: share of
    the ill people whom the other definition leaves out. Taught in notebooks/08_generalisation.ipynb, section 1.3.
    """
    few = with_prevalence(rows, prevalence, rng)
    redefined = another_definition(rows, extent, milder)
    fewest = with_prevalence(redefined, prevalence, rng)
    together = Split(elsewhere.images, redefined.labels, elsewhere.patients)
    return {
        "hospital A": Shifted(rows, of_a),
        "another machine": Shifted(elsewhere, of_b),
        "fewer ill": Shifted(rows.rows(few), of_a.of_rows(few)),
        "another definition": Shifted(redefined, of_a),
        "all three": Shifted(together.rows(fewest), of_b.of_rows(fewest)),
    }


def alone(ill_home: float, ill_away: float, share_home: float) -> float:
    """The AUC of the hospital's name as the only score, from its two prevalences and the share of images from home.

    The AUC of a yes-or-no score is (1 + sensitivity - false-positive rate) / 2.
    Taught in notebooks/08_generalisation.ipynb, section 1.4.
    """
    ill = np.array([share_home * ill_home, (1 - share_home) * ill_away])
    well = np.array([share_home, 1 - share_home]) - ill
    return float((1 + ill[0] / ill.sum() - well[0] / well.sum()) / 2)
