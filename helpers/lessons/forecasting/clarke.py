"""Clarke's error grid: what a wrong glucose value would do to the person who acts on it.

Clarke, Cox, Gonder-Frederick, Carter and Pohl, Evaluating clinical accuracy of systems for self-monitoring of blood
glucose, Diabetes Care 10:622, 1987. The paper draws the borders and describes the zones in words; the lines in BORDERS
are those of its figure. It was made for meters, which measure the glucose of now; forecasts are held against it too.
"""

from __future__ import annotations

import numpy as np
import pandas as pd

ZONES = {
    "A": "within 20 %, or both below 70: right treatment",
    "B": "off by more, but no or harmless treatment",
    "C": "would correct a glucose that is fine",
    "D": "would miss a low or a high",
    "E": "would treat a low as a high, or a high as a low",
}
EDGE = 400  # mg/dL, to where the figure of 1987 reaches
# Ends of the lines as (true, forecast), mg/dL.
BORDERS = (
    ((175 / 3, 70), (EDGE / 1.2, EDGE)),  # A above: 20 % too high
    ((70, 56), (EDGE, 0.8 * EDGE)),  # A below: 20 % too low
    ((70, 84), (70, EDGE)),
    ((70, 0), (70, 56)),
    ((0, 70), (175 / 3, 70)),
    ((0, 180), (70, 180)),
    ((70, 180), (290, 400)),  # C above: more than 110 too high
    ((130, 0), (180, 70)),  # C below
    ((180, 0), (180, 70)),
    ((180, 70), (EDGE, 70)),
    ((240, 70), (240, 180)),
    ((240, 180), (EDGE, 180)),
)


def clarke_zones(true: np.ndarray, forecast: np.ndarray) -> np.ndarray:
    """The zone of each pair, "A" to "E"; true and forecast: mg/dL, shape (n,).

    Tried in this order, with y the true value and p the forecast:

    A: 0.8 y ≤ p ≤ 1.2 y, or both below 70;
    E: y ≤ 70 and p ≥ 180, or y ≥ 180 and p ≤ 70;
    C: y ≥ 70 and p ≥ y + 110, or 130 ≤ y ≤ 180 and p ≤ 7/5 (y - 130);
    D: y ≤ 70 or y ≥ 240, with 70 ≤ p ≤ 180;
    B: everything else.

    The figure ends at 400 mg/dL; its lines are continued beyond. Zone A is as the paper words it: "below 70" is strict.
    Which zone a point exactly on one of the other lines belongs to it does not say; here the order above decides.
    Raises ValueError for shapes that differ, values that are not finite and true values not above zero.

    Taught in notebooks/03_rnn_forecasting.ipynb, section 7.5.
    """
    true, forecast = np.asarray(true, dtype=float), np.asarray(forecast, dtype=float)
    if true.shape != forecast.shape:
        raise ValueError(f"forecast: expected the shape of true, {true.shape}, got {forecast.shape}")
    if not (np.isfinite(true).all() and np.isfinite(forecast).all() and (true > 0).all()):
        raise ValueError("true and forecast: expected finite values, the true ones above 0 mg/dL")
    zone_a = (np.abs(forecast - true) <= 0.2 * true) | ((true < 70) & (forecast < 70))
    zone_e = ((true <= 70) & (forecast >= 180)) | ((true >= 180) & (forecast <= 70))
    zone_c = ((true >= 70) & (forecast >= true + 110)) | (
        (true >= 130) & (true <= 180) & (forecast <= 7 / 5 * (true - 130))
    )
    zone_d = ((true <= 70) | (true >= 240)) & (forecast >= 70) & (forecast <= 180)
    return np.select([zone_a, zone_e, zone_c, zone_d], ["A", "E", "C", "D"], "B")


def zone_shares(true: np.ndarray, forecast: np.ndarray) -> pd.Series:
    """The share of pairs in each zone, A to E, adding up to 1.

    Taught in notebooks/03_rnn_forecasting.ipynb, section 7.5.
    """
    zones = clarke_zones(true, forecast)
    return pd.Series({zone: float((zones == zone).mean()) for zone in ZONES}, name="share")
