"""How much privacy a training spends, by Google's dp-accounting; never by hand."""

from __future__ import annotations

from dp_accounting import dp_event, mechanism_calibration
from dp_accounting.pld import PLDAccountant

STEP = 1e-3  # privacy losses are rounded up to multiples of it
DELTA = 1e-5


def training_event(noise: float, share: float, steps: int) -> dp_event.DpEvent:
    """What the accountant is told: `steps` times the Gaussian mechanism on patients drawn by coin with chance share."""
    step = dp_event.PoissonSampledDpEvent(share, dp_event.GaussianDpEvent(noise))
    return dp_event.SelfComposedDpEvent(step, steps)


def epsilon_of(noise: float, share: float, steps: int, delta: float = DELTA) -> float:
    """The ε, at that δ, of a training: an upper bound, neighbours being data with and without one patient.

    Raises ValueError (from dp-accounting) for values out of range. Taught in notebooks/09_privacy.ipynb, section 3.4.
    """
    accountant = PLDAccountant(value_discretization_interval=STEP)
    accountant.compose(training_event(noise, share, steps))
    return float(accountant.get_epsilon(delta))


def noise_for(epsilon: float, share: float, steps: int, delta: float = DELTA) -> float:
    """The least noise multiplier with which a training spends no more than epsilon at delta.

    Taught in notebooks/09_privacy.ipynb, section 3.4.
    """
    return float(
        mechanism_calibration.calibrate_dp_mechanism(
            lambda: PLDAccountant(value_discretization_interval=STEP),
            lambda noise: training_event(noise, share, steps),
            epsilon,
            delta,
            mechanism_calibration.LowerEndpointAndGuess(0.25, 2.0),
            tol=3e-3,
        )
    )
