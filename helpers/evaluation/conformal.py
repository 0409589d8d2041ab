"""How wide an interval around a forecast must be to hold as often as promised: split conformal prediction.

In earnest use MAPIE, which has this and widths that follow the difficulty.
"""

from __future__ import annotations

import numpy as np


def conformal_half_width(residuals: np.ndarray, coverage: float = 0.9) -> float:
    """Half the width of an interval around each forecast that holds the share `coverage` of new values.

    residuals: truth minus forecast on values the model has not learned from, shape (n,). The half width is the k-th
    smallest of their sizes with k = ceil((n + 1) coverage): if those and the new value come in random order, the
    interval holds the new one with at least that probability (split conformal prediction; Papadopoulos et al. 2002,
    Lei et al., JASA 113:1094, 2018).
    Raises ValueError where n is too small for such a k to exist.

    Taught in notebooks/03_rnn_forecasting.ipynb, section 7.4.
    Taught in notebooks/11_drug_discovery.ipynb, section 2.5.
    """
    k = int(np.ceil((len(residuals) + 1) * coverage - 1e-9))
    if k > len(residuals):
        raise ValueError(
            f"residuals: a coverage of {coverage} needs at least {int(np.ceil(coverage / (1 - coverage) - 1e-9))}, "
            f"got {len(residuals)}"
        )
    return float(np.sort(np.abs(residuals))[k - 1])
