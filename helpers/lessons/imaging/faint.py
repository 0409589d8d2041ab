"""Who of the people of simulated chests would have faint lesions only, which hardly any reader could see."""

from __future__ import annotations

import numpy as np

from helpers.datasets.simulators.chest_lesions import GROUND_GLASS
from helpers.datasets.simulators.chest_render import draw_person


def faint_only(patients: np.ndarray, seed: int) -> np.ndarray:
    """Whether each patient of simulate_chest with that seed has faint lesions, if any: bool (n,).

    patients: (n,), the numbers of the people, as the data set has them. A faint lesion has the share FAINT of the
    density of a full one (helpers.datasets.simulators.chest_lesions).

    Taught in notebooks/02_cnn_imaging.ipynb, section 5.3.
    """
    return np.array([draw_person(seed, int(number)).chance["stage"] < GROUND_GLASS for number in patients], dtype=bool)
