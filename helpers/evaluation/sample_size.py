"""How many patients an external validation needs, so that each of its scores has an interval of a wanted width.

Riley et al., Minimum sample size for external validation of a clinical prediction model with a binary outcome, Stat.
Med. 40:4230, 2021. All formulas take the model as calibrated and every row as an independent patient.
"""

from __future__ import annotations

from collections.abc import Mapping
from statistics import NormalDist

import numpy as np
import pandas as pd
from scipy.optimize import brentq
from scipy.special import logit

from helpers.evaluation.calibration import EDGE
from helpers.evaluation.inputs import check_number, check_risks
from helpers.evaluation.proportions import newcombe_error

MOST = 1e9  # patients beyond which nobody asks


def validation_widths(
    patients: float | np.ndarray, risks: np.ndarray, auc: float, *, level: float = 0.95
) -> pd.DataFrame:
    """How wide the intervals of O:E, calibration slope and AUC are with so many patients, one row per number.

    risks: shape (n,), a sample of the risks to be met; their mean is the share of the diseased. auc: the one expected.
    O:E: standard error of its logarithm √((1 - φ) / (n φ)) with φ that share, the interval around 1. Slope: the error
    of the second coefficient of a logistic regression on the log-odds, from its information at intercept 0 and slope 1.
    AUC: `newcombe_error` with φ n diseased.
    Raises ValueError as check_risks does, and for an AUC outside 0 to 1.

    Taught in notebooks/04_evaluation.ipynb, section 7.4.
    """
    share, slope_error = _of_risks(risks)
    check_number(auc, "auc", low=0, high=1)
    n, z = np.atleast_1d(np.asarray(patients, dtype=float)), NormalDist().inv_cdf((1 + level) / 2)
    return pd.DataFrame(
        {
            "O:E": 2 * np.sinh(z * np.sqrt((1 - share) / (n * share))),
            "calibration slope": 2 * z * slope_error / np.sqrt(n),
            "AUC": [2 * z * newcombe_error(auc, share * one, (1 - share) * one) for one in n],
        },
        index=pd.Index(n, name="patients"),
    )


def patients_to_validate(
    aims: Mapping[str, float], risks: np.ndarray, auc: float, *, level: float = 0.95
) -> dict[str, int]:
    """For each aim, a column of `validation_widths` with the width wanted there, the patients it needs.

    Raises ValueError for a width that is not above 0 or that a billion patients do not reach, and KeyError for another
    column.

    Taught in notebooks/04_evaluation.ipynb, section 7.4.
    """
    needed = {}
    for name, width in aims.items():
        check_number(width, f"width of {name}", low=1e-3)

        def off(log_n: float, name=name, width=width) -> float:
            return float(validation_widths(np.exp(log_n), risks, auc, level=level)[name].iloc[0]) - width

        needed[name] = int(np.ceil(np.exp(brentq(off, np.log(4), np.log(MOST))) - 1e-6)) if off(np.log(4)) > 0 else 4
    return needed


def _of_risks(risks: np.ndarray) -> tuple[float, float]:
    """The share of the diseased among such risks, and the slope's standard error times √n."""
    risks = check_risks(np.zeros(len(risks), bool), risks, both=False)[1]
    z = logit(np.clip(risks, EDGE, 1 - EDGE))
    information = risks * (1 - risks)
    i_a, i_ab, i_b = (float(np.mean(information * z**k)) for k in range(3))
    return float(risks.mean()), float(np.sqrt(i_a / (i_a * i_b - i_ab**2)))
