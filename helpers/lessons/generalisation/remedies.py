"""What can be done about a shift, measured on the same patients: weights, heads, recalibration, robust groups."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass

import numpy as np
import pandas as pd
from scipy.special import expit, logit
from sklearn.linear_model import LogisticRegression

from helpers import evaluation
from helpers.datasets import Split
from helpers.lessons.generalisation.hospitals import Shifted, random_machine
from helpers.lessons.generalisation.networks import restart
from helpers.lessons.generalisation.shift_tests import black_box_share
from helpers.models.training import Restartable, fit

HEAVIEST = 20.0  # times as much as the average that one row may weigh
EDGE = 1e-12  # a risk's least distance from 0 and from 1, so that its log-odds are finite


def by_many_machines(rows: Split, rng: np.random.Generator) -> Split:
    """The rows, each taken by a machine drawn at random: augmentation with what hospitals may differ in.

    Taught in notebooks/08_generalisation.ipynb, section 3.1.
    """
    images = np.concatenate([random_machine(rng).take(rows.images[k : k + 1], rng) for k in range(len(rows))])
    return Split(images, rows.labels, rows.patients)


def grey_matched(images: np.ndarray, theirs: np.ndarray, ours: np.ndarray) -> np.ndarray:
    """Images of a hospital with its grey values stretched so that mean and spread become those of ours.

    theirs, ours: images of the two hospitals, uint8, from which the two means and standard deviations come; no
    diagnosis is read. Taught in notebooks/08_generalisation.ipynb, section 3.1.
    """
    stretched = (images.astype(np.float32) - theirs.mean()) * (ours.std() / max(theirs.std(), 1e-6)) + ours.mean()
    return np.rint(stretched.clip(0, 255)).astype(np.uint8)


def both(first: Split, second: Split) -> Split:
    """The rows of two hospitals in one set.

    Taught in notebooks/08_generalisation.ipynb, section 3.2.
    """
    parts = [
        np.concatenate([getattr(one, part) for one in (first, second)]) for part in ("images", "labels", "patients")
    ]
    return Split(*parts)


def cut(weights: np.ndarray) -> np.ndarray:
    """Weights in multiples of their mean, the largest cut at HEAVIEST, so that no row decides alone.

    Taught in notebooks/08_generalisation.ipynb, section 3.1.
    """
    return np.minimum(weights / weights.mean(), HEAVIEST)


def refitted(
    features: np.ndarray,
    labels: np.ndarray,
    new: np.ndarray,
    *,
    weights: np.ndarray | None = None,
    penalty: float = 1.0,
) -> np.ndarray:
    """Risks (m,) of new features (m, d) by an output layer fitted anew to features (n, d) and labels (n,).

    weights: (n,), how much each row counts, of which `cut` is used. penalty: of the squared weights, as in
    scikit-learn's 1 / C. Taught in notebooks/08_generalisation.ipynb, section 3.1.
    """
    centre, spread = features.mean(axis=0), np.maximum(features.std(axis=0), 1e-9)
    if weights is not None:
        weights = cut(weights)
    head = LogisticRegression(C=1 / penalty, max_iter=1000)
    head.fit((features - centre) / spread, labels, sample_weight=weights)
    return head.predict_proba((new - centre) / spread)[:, 1]


def fine_tuned(
    bench: Restartable, weights: list[np.ndarray], local: Split, *, epochs: int, seed: int
) -> list[np.ndarray]:
    """Weights of a network that goes on learning from local rows, at a sixth of its rate, so as not to forget.

    Taught in notebooks/08_generalisation.ipynb, section 3.2.
    """
    restart(bench, seed)
    network, rate = bench.network, float(bench.network.optimizer.learning_rate)
    network.set_weights(weights)
    network.optimizer.learning_rate = rate / 6
    fit(network, local, local.rows(np.arange(1)), epochs=epochs, batch_size=16)
    network.optimizer.learning_rate = rate
    return network.get_weights()


def effective_rows(weights: np.ndarray) -> float:
    """How many rows of equal weight tell as much: (Σ w)² / Σ w² (Kish 1965).

    Taught in notebooks/08_generalisation.ipynb, section 3.1.
    """
    return float(weights.sum() ** 2 / (weights**2).sum())


def group_robust(
    features: np.ndarray,
    labels: np.ndarray,
    groups: np.ndarray,
    new: np.ndarray,
    *,
    step: float = 0.1,
    rounds: int = 300,
    penalty: float = 1.0,
) -> tuple[np.ndarray, np.ndarray]:
    """Risks of new features by an output layer that cares for the group it serves worst, and the groups' weights.

    groups: (n,), 0 to G - 1. In each of so many rounds a group's weight is multiplied by exp(step · its mean loss), the
    weights are brought to the sum 1, and the layer takes a gradient step of the weighted loss (group DRO; Sagawa et
    al., ICLR 2020, whose networks are trained whole). Returns risks (m,) and weights (G,).
    Taught in notebooks/08_generalisation.ipynb, section 3.2.
    """
    centre, spread = features.mean(axis=0), np.maximum(features.std(axis=0), 1e-9)
    rows = np.column_stack([(features - centre) / spread, np.ones(len(features))])
    member = (groups == np.arange(groups.max() + 1)[:, None]).astype(np.float64)
    share = member / member.sum(axis=1, keepdims=True)  # (G, n)
    weights, beta = np.full(len(member), 1 / len(member)), np.zeros(rows.shape[1])
    decay = np.append(np.full(rows.shape[1] - 1, penalty / len(rows)), 0)
    for _ in range(rounds):
        score = rows @ beta
        losses = share @ np.logaddexp(0, np.where(labels == 1, -score, score))
        weights = weights * np.exp(step * losses)
        weights /= weights.sum()
        off = 1 / (1 + np.exp(-score)) - labels
        beta -= 0.5 * (rows.T @ ((weights @ share) * off) + decay * beta)
    score = np.column_stack([(new - centre) / spread, np.ones(len(new))]) @ beta
    return 1 / (1 + np.exp(-score)), weights


def at_share(risks: np.ndarray, old: float, new: float) -> np.ndarray:
    """Risks where the ill are a share `new` instead of `old` and nothing else differs: Bayes' rule on the odds.

    Taught in notebooks/08_generalisation.ipynb, section 3.3.
    """
    held = np.clip([old, new], 1e-3, 1 - 1e-3)
    return expit(logit(np.clip(risks, EDGE, 1 - EDGE)) + logit(held[1]) - logit(held[0]))


def local_people(rows: Split, people: int, rng: np.random.Generator) -> np.ndarray:
    """Indices of the rows of so many people drawn at random, anew until both classes are among them.

    Raises ValueError where the rows have one class alone. Taught in notebooks/08_generalisation.ipynb, section 3.2.
    """
    if len(np.unique(rows.labels)) < 2:
        raise ValueError("local_people: needs rows with and without the disease")
    everybody = np.unique(rows.patients)
    while True:
        kept = np.flatnonzero(np.isin(rows.patients, rng.permutation(everybody)[:people]))
        if len(np.unique(rows.labels[kept])) == 2:
            return kept


def recalibrated(local: np.ndarray, risks: np.ndarray, new: np.ndarray) -> np.ndarray:
    """New risks (m,) with level and slope learned from local labels (k,) and risks (k,).

    Taught in notebooks/08_generalisation.ipynb, section 3.2.
    """
    return evaluation.fit_recalibration(local == 1, risks).predict(new)


def relevelled(local: np.ndarray, risks: np.ndarray, new: np.ndarray) -> np.ndarray:
    """New risks (m,) with the level alone learned from local labels (k,) and risks (k,), the slope left as it is.

    Taught in notebooks/08_generalisation.ipynb, section 3.3.
    """
    level = evaluation.calibration_intercept(local, evaluation.two_columns(risks))
    return expit(level + logit(np.clip(new, EDGE, 1 - EDGE)))


@dataclass(frozen=True)
class Remedy:
    """Risks of the test rows under a remedy, (n,), and the threshold that goes with them."""

    risks: np.ndarray
    threshold: float


def gains(found: Mapping[str, Remedy], rows: Split, *, draws: int, seed: int) -> pd.Series:
    """What each remedy adds to the AUC of the first of them, on the same resampled patients: Intervals by name.

    Taught in notebooks/08_generalisation.ipynb, section 3.2.
    """
    first, *others = found
    pairs = {name: evaluation.two_columns(one.risks) for name, one in found.items()}
    won = {
        name: evaluation.bootstrap_difference(evaluation.auc, rows, pairs[name], pairs[first], draws=draws, seed=seed)
        for name in others
    }
    return pd.Series({first: "", **won})


def off(case: Shifted, risks: np.ndarray) -> float:
    """How far all log-odds are off: the size of the calibration intercept, 0 at best.

    Taught in notebooks/08_generalisation.ipynb, section 3.3.
    """
    return abs(evaluation.calibration_intercept(case.rows.labels, evaluation.two_columns(risks)))


def off_by_fifty(
    case: Shifted,
    before: Shifted,
    people: int,
    remedy: Callable[[np.ndarray, np.ndarray, np.ndarray], np.ndarray],
    seeds: Sequence[Sequence[int]],
) -> float:
    """Mean of `off` after a remedy that learns from so many diagnosed people of `before`, one draw a seed.

    remedy: such as `relevelled` or `recalibrated`. Taught in notebooks/08_generalisation.ipynb, section 3.3.
    """
    found = []
    for seed in seeds:
        some = local_people(before.rows, people, np.random.default_rng(seed))
        found.append(off(case, remedy(before.rows.labels[some], before.seen.risks[some], case.seen.risks)))
    return float(np.mean(found))


def off_by_prior(
    case: Shifted,
    before: Shifted,
    at_home: tuple[np.ndarray, np.ndarray, np.ndarray],
    threshold: float,
    ill_at_home: float,
    seeds: Sequence[Sequence[int]],
) -> float:
    """Mean of `off` after a prior correction, half of the people of `before` giving the calls, the others error rates.

    at_home: labels, patients and calls (n,) of the same people at home. ill_at_home: share of the ill whom the network
    was trained with. Each seed deals the people out. Taught in notebooks/08_generalisation.ipynb, section 3.3.
    """
    labels, patients, called = at_home
    everybody, found = np.unique(patients), []
    for seed in seeds:
        half = np.random.default_rng(seed).permutation(everybody)[: len(everybody) // 2]
        known, there = np.isin(patients, half), ~np.isin(before.rows.patients, half)
        hit, false = (called[known & (labels == k)].mean() for k in (1, 0))
        share = black_box_share((before.seen.risks[there] >= threshold).mean(), hit, false)
        found.append(off(case, at_share(case.seen.risks, ill_at_home, share)))
    return float(np.mean(found))
