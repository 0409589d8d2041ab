"""Thresholds: the counts behind a call, the threshold of a stated aim, and what prevalence makes of it."""

from __future__ import annotations

from dataclasses import dataclass, replace

import numpy as np
import pandas as pd

from helpers.evaluation.estimate import Interval
from helpers.evaluation.inputs import check_number, check_risks
from helpers.evaluation.proportions import wilson


@dataclass(frozen=True)
class Calls:
    """How many rows a threshold calls: true and false positives, false and true negatives.

    A rate of nobody (the sensitivity without a diseased row, the precision where nobody is called ill) is NaN.
    """

    tp: int
    fp: int
    fn: int
    tn: int

    @property
    def sensitivity(self) -> float:
        """Of the diseased, the share called ill; also called recall."""
        return rate(self.tp, self.tp + self.fn)

    @property
    def specificity(self) -> float:
        """Of those without the disease, the share left alone."""
        return rate(self.tn, self.tn + self.fp)

    @property
    def precision(self) -> float:
        """Of those called ill, the share diseased; also called positive predictive value, PPV."""
        return rate(self.tp, self.tp + self.fp)

    @property
    def accuracy(self) -> float:
        """Of all, the share called right."""
        return rate(self.tp + self.tn, self.tp + self.fp + self.fn + self.tn)

    @property
    def f1(self) -> float:
        """The harmonic mean of precision and recall, 2 tp / (2 tp + fp + fn)."""
        return rate(2 * self.tp, 2 * self.tp + self.fp + self.fn)

    def table(self, disease: str) -> pd.DataFrame:
        """The counts with the true class in rows and the class called in columns."""
        names = [f"not {disease}", disease]
        return pd.DataFrame(
            [[self.tn, self.fp], [self.fn, self.tp]],
            index=pd.Index(names, name="true"),
            columns=pd.Index(names, name="called"),
        )


def calls_at(diseased: np.ndarray, risks: np.ndarray, threshold: float) -> Calls:
    """The four counts where everybody whose risk reaches the threshold is called ill.

    diseased and risks: shape (n,). Raises ValueError as check_risks does; one class alone is allowed.

    Taught in notebooks/04_evaluation.ipynb, section 2.
    """
    diseased, risks = check_risks(diseased, risks, both=False)
    check_number(threshold, "threshold")
    called = risks >= threshold
    counts = (called & diseased, called & ~diseased, ~called & diseased, ~called & ~diseased)
    return Calls(*(int(count.sum()) for count in counts))


def threshold_for_sensitivity(diseased: np.ndarray, risks: np.ndarray, sensitivity: float) -> float:
    """The highest threshold that calls at least this share of the diseased ill: the fewest false alarms.

    Raises ValueError as check_risks does, and for a sensitivity outside 0 to 1.

    Taught in notebooks/02_cnn_imaging.ipynb, section 7.1.
    """
    diseased, risks = check_risks(diseased, risks)
    check_number(sensitivity, "sensitivity", low=0, high=1)
    of_ill = np.sort(risks[diseased])[::-1]
    return float(of_ill[max(int(np.ceil(round(sensitivity * len(of_ill), 9))), 1) - 1])


def threshold_for_cost(diseased: np.ndarray, risks: np.ndarray, missed_cost: float) -> float:
    """The threshold among the risks (or above all of them) with the least cost per row.

    missed_cost: what a missed disease costs, in false alarms. Of several equally cheap thresholds the highest.
    Raises ValueError as check_risks does, and for a negative cost.

    Taught in notebooks/04_evaluation.ipynb, section 4.1.
    """
    diseased, risks = check_risks(diseased, risks)
    check_number(missed_cost, "missed_cost", low=0)
    candidates = np.append(np.unique(risks), np.nextafter(risks.max(), 2))[::-1]
    false = np.sum(~diseased) - np.searchsorted(np.sort(risks[~diseased]), candidates)
    missed = np.searchsorted(np.sort(risks[diseased]), candidates)
    return float(candidates[np.argmin(false + missed_cost * missed)])


def cost(calls: Calls, missed_cost: float) -> float:
    """False alarms plus missed_cost times missed diseases, per 100 rows.

    Taught in notebooks/04_evaluation.ipynb, section 4.1.
    """
    check_number(missed_cost, "missed_cost", low=0)
    return 100 * (calls.fp + missed_cost * calls.fn) / (calls.tp + calls.fp + calls.fn + calls.tn)


def predictive_values(
    sensitivity: float, specificity: float, prevalence: float | np.ndarray
) -> tuple[float | np.ndarray, float | np.ndarray]:
    """PPV and NPV by Bayes' rule: of those called ill the share diseased, of those left alone the share without it.

    All three are shares from 0 to 1; prevalence may be an array. NaN where nobody is called so.
    Raises ValueError for anything else.

    Taught in notebooks/04_evaluation.ipynb, section 2.3.
    """
    for name, value in {"sensitivity": sensitivity, "specificity": specificity, "prevalence": prevalence}.items():
        if not (np.all(np.asarray(value) >= 0) and np.all(np.asarray(value) <= 1)):
            raise ValueError(f"{name}: expected a share from 0 to 1, found {value}")
    prevalence = np.asarray(prevalence, dtype=float)
    ill_called, well_called = sensitivity * prevalence, (1 - specificity) * (1 - prevalence)
    ill_left, well_left = (1 - sensitivity) * prevalence, specificity * (1 - prevalence)
    ppv = np.divide(ill_called, ill_called + well_called, out=_nan(prevalence), where=ill_called + well_called > 0)
    npv = np.divide(well_left, ill_left + well_left, out=_nan(prevalence), where=ill_left + well_left > 0)
    return (float(ppv), float(npv)) if prevalence.ndim == 0 else (ppv, npv)


def carried_over(calls: Calls, ill: int, others: int, prevalence: float, missed_cost: float) -> dict[str, Interval]:
    """What these calls become where the disease has another prevalence and nothing else differs, by Bayes' rule.

    ill and others: the patients with and without the disease behind the calls; Wilson's intervals of sensitivity and
    specificity count them, and not their rows. PPV and cost (per 100 people, in false alarms) put the two lower ends
    together, and the two upper ends, so they hold the truth wherever both rates' intervals do: in 90 of 100 studies or
    more. The PPV is NaN where nobody is called ill. Raises ValueError as predictive_values and wilson do.

    Taught in notebooks/04_evaluation.ipynb, section 5.4.
    """
    check_number(missed_cost, "missed_cost", low=0)
    se, sp = (
        replace(wilson(round(rate_here * patients), patients), estimate=rate_here)
        for rate_here, patients in ((calls.sensitivity, ill), (calls.specificity, others))
    )
    ends = [(getattr(se, end), getattr(sp, end)) for end in ("estimate", "low", "high")]
    ppv = [predictive_values(*pair, prevalence)[0] for pair in ends]
    costs = [100 * ((1 - b) * (1 - prevalence) + missed_cost * (1 - a) * prevalence) for a, b in ends]
    return {
        "sensitivity": se,
        "specificity": sp,
        "PPV": Interval(*ppv if calls.tp + calls.fp else [float("nan")] * 3),
        "cost": Interval(costs[0], costs[2], costs[1], digits=1),
    }


def _nan(like: np.ndarray) -> np.ndarray:
    return np.full(like.shape, np.nan)


def rate(part: float, whole: float) -> float:
    """part / whole; NaN where there is nothing to divide by."""
    return part / whole if whole else float("nan")
