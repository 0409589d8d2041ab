"""What the tests of studies and of predictions share."""

import numpy as np
import pytest

from helpers.lessons.missing_data import studies
from helpers.lessons.missing_data.mechanisms import GAP


@pytest.fixture(scope="module")
def bench():
    """Four related columns, standardised, and an outcome that the first of them drives: (400, 4) and (400,)."""
    rng = np.random.default_rng(5)
    latent = rng.normal(size=400)
    features = np.column_stack([latent + rng.normal(0, 0.7, 400) for _ in range(4)])
    ill = (rng.uniform(size=400) < 1 / (1 + np.exp(-1.5 * features[:, GAP] - 0.5 * latent))).astype(int)
    return studies.standardised(features), ill
