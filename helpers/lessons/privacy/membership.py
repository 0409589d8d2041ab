"""Who was in the training? Attacks on networks whose members are known, scored at few false alarms."""

from __future__ import annotations

from collections.abc import Mapping

import numpy as np
import pandas as pd
from scipy.stats import norm
from sklearn.metrics import roc_curve

from helpers import evaluation

FALSE_ALARMS = (0.01, 0.001)


def margins(log_odds: np.ndarray, labels: np.ndarray) -> np.ndarray:
    """How surely each network says the right class of each image: log-odds of that class, (n, networks).

    log_odds: of class 1, (n, networks). labels: 0 and 1, (n,). Taught in notebooks/09_privacy.ipynb, section 2.1.
    """
    return np.where(labels[:, None] == 1, log_odds, -log_odds)


def of_patients(values: np.ndarray, patients: np.ndarray) -> np.ndarray:
    """The mean over each patient's images: from (n, networks) to (people, networks), in the order of np.unique."""
    people, who = np.unique(patients, return_inverse=True)
    sums = np.zeros((len(people), values.shape[1]))
    np.add.at(sums, who, values)
    return sums / np.bincount(who)[:, None]


def by_loss(margin: np.ndarray, patients: np.ndarray) -> np.ndarray:
    """The simplest attack's score, (people, networks): minus the mean loss of a patient's images (Yeom et al., 2018).

    margin: (n, networks), of `margins`. Taught in notebooks/09_privacy.ipynb, section 2.2.
    """
    return of_patients(-np.logaddexp(0, -margin), patients)


def by_likelihood_ratio(margin: np.ndarray, patients: np.ndarray, members: np.ndarray) -> np.ndarray:
    """LiRA's score, (people, networks): is this margin likelier of a network that saw the patient, or of another?

    Each network in turn is the target, and all others but its partner are its shadow models: of each patient they give
    a mean margin with (μ₁) and without (μ₀); the standard deviations σ₁ and σ₀ are shared by all patients, since a few
    shadows say little about them one by one. The score is log N(margin; μ₁, σ₁) - log N(margin; μ₀, σ₀) (Carlini et
    al., 2022). margin: (n, networks). members: bool (people, networks) in pairs, as `crowd.draw_halves` gives them:
    with the partner out, everybody is in and out of as many shadows, whichever they are of the target. Raises
    ValueError for fewer than three pairs.

    Taught in notebooks/09_privacy.ipynb, section 2.2.
    """
    seen = of_patients(margin, patients)
    scores, pair = np.empty_like(seen), np.arange(seen.shape[1]) // 2
    if seen.shape[1] < 6 or seen.shape[1] % 2:
        raise ValueError(f"expected networks in three pairs or more, found {seen.shape[1]} networks")
    for target in range(seen.shape[1]):
        others = pair != pair[target]
        parts = []
        for side in (members[:, others], ~members[:, others]):
            mine = np.where(side, seen[:, others], np.nan)
            mean = np.nanmean(mine, axis=1)
            spread = np.sqrt(np.nanmean((mine - mean[:, None]) ** 2))
            parts.append(norm.logpdf(seen[:, target], mean, spread))
        scores[:, target] = parts[0] - parts[1]
    return scores


def hits_at(scores: np.ndarray, members: np.ndarray, false_alarms: float) -> float:
    """The share of members whose score lies above a threshold that at most this share of the others passes.

    scores, members: (k,). The threshold is one of the others' own scores, and is not to be reached but passed, so that
    ties help nobody.
    """
    return float((scores[members] > passed_by(scores[~members], false_alarms)).mean())


def passed_by(others: np.ndarray, share: float) -> float:
    """The lowest of the others' scores that at most this share of them passes: others (k,)."""
    return float(np.sort(others)[::-1][min(len(others) - 1, int(np.floor(share * len(others))))])


def roc(scores: np.ndarray, members: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """False alarms and hits over all thresholds, both ascending from 0 to 1."""
    false_alarms, hits, _ = roc_curve(members.ravel(), scores.ravel(), drop_intermediate=False)
    return false_alarms, hits


def attack_table(attacks: Mapping[str, np.ndarray], members: np.ndarray, *, draws: int, seed: int) -> pd.DataFrame:
    """AUC, and hits at 1 % and at .1 % false alarms, of each attack; with 95 % intervals from resampled patients.

    attacks: name -> scores (people, networks). members: bool, the same shape. The scores of all networks are put
    together; a drawn patient comes with what all networks say of them.

    Taught in notebooks/09_privacy.ipynb, section 2.3.
    """
    people, lines = np.arange(len(members)), {}
    for name, scores in attacks.items():
        statistics = {"AUC": lambda index, scores=scores: _area(scores[index].ravel(), members[index].ravel())}
        for rate in FALSE_ALARMS:
            statistics[f"hits at {100 * rate:g} %"] = lambda index, scores=scores, rate=rate: hits_at(
                scores[index].ravel(), members[index].ravel(), rate
            )
        lines[name] = {
            heading: evaluation.bootstrap_statistic(statistic, people, draws=draws, seed=seed)
            for heading, statistic in statistics.items()
        }
    return pd.DataFrame.from_dict(lines, orient="index")


def group_table(
    attacks: Mapping[str, np.ndarray], members: np.ndarray, group: np.ndarray, *, rate: float, draws: int, seed: int
) -> pd.DataFrame:
    """How an attack does in a group of patients, at the threshold that so many of *all* strangers pass; 95 % intervals.

    attacks, members: as of `attack_table`. group: bool (people,). Columns: "AUC inside", of the group's members against
    the group's strangers; "hits" and "false alarms", the share of each above the threshold; "hits minus everybody's",
    paired: on each draw of patients both are counted anew.

    Taught in notebooks/09_privacy.ipynb, section 2.3.
    """
    people, lines = np.arange(len(members)), {}
    for name, scores in attacks.items():

        def counted(index: np.ndarray, what: str, scores=scores) -> float:
            here, inside, mine = scores[index], members[index], group[index]
            if what == "AUC inside":
                return _area(here[mine].ravel(), inside[mine].ravel())
            threshold = passed_by(here[~inside], rate)
            if what == "false alarms":
                return float((here[mine][~inside[mine]] > threshold).mean())
            hits = float((here[mine][inside[mine]] > threshold).mean())
            return hits if what == "hits" else hits - float((here[inside] > threshold).mean())

        lines[name] = {
            what: evaluation.bootstrap_statistic(
                lambda index, what=what, counted=counted: counted(index, what),
                people,
                accept=lambda index: bool(group[index].any()),
                draws=draws,
                seed=seed,
            )
            for what in ("AUC inside", "hits", "false alarms", "hits minus everybody's")
        }
    return pd.DataFrame.from_dict(lines, orient="index")


def _area(scores: np.ndarray, members: np.ndarray) -> float:
    return evaluation.auc(members.astype(np.int64), evaluation.two_columns(scores))


def exposure(margin: np.ndarray, patients: np.ndarray, members: np.ndarray) -> np.ndarray:
    """How much surer of a patient networks are that saw them than networks that did not: (people,), in log-odds.

    A patient's own membership moves this number and little else does (Feldman's memorisation, 2020, in log-odds).
    Taught in notebooks/09_privacy.ipynb, section 2.4.
    """
    seen = of_patients(margin, patients)
    inside, outside = (np.where(side, seen, np.nan) for side in (members, ~members))
    return np.nanmean(inside, axis=1) - np.nanmean(outside, axis=1)


def miscode(labels: np.ndarray, patients: np.ndarray, share: float, *, seed: int) -> tuple[np.ndarray, np.ndarray]:
    """Labels 0 and 1 where this share of the people is filed under the wrong one, and who: (n,), bool (people,).

    Taught in notebooks/09_privacy.ipynb, section 2.1.
    """
    people, who = np.unique(patients, return_inverse=True)
    wrong = np.random.default_rng([seed, 5]).permutation(len(people)) < round(share * len(people))
    return np.where(wrong[who], 1 - labels, labels), wrong
