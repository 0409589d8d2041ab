"""Looks at one person, for tests that count by hand."""

import numpy as np
import pytest

from helpers.datasets.simulators.biosignals.eeg_days import START, Looks

MINUTE = np.timedelta64(1, "m")
N = 3 * 288


@pytest.fixture
def looks():
    """One person, three days, seizures at noon of each day, one minute long."""
    time = START + 5 * np.arange(1, N + 1) * MINUTE
    noon = START + (720 + 1440 * np.arange(3)) * MINUTE
    seizures = {"A": np.stack([noon, noon + MINUTE], axis=1)}
    features = np.arange(N, dtype=np.float32)[:, None]
    return Looks(np.full(N, "A"), time, 5, features, seizures, np.zeros(N, np.float32))
