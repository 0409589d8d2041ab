"""Is this a fibrillation? Stretches of a trace of people in it and of people with premature beats, in two views."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, replace

import numpy as np

from helpers.datasets.simulators.biosignals.ecg_people import draw_heart
from helpers.datasets.simulators.biosignals.ecg_rhythms import trace
from helpers.lessons.biosignals.shapes import thinned

SECONDS, RATE, THIN_RATE = 20, 360, 60
# Beats a minute, of both groups: a fibrillation that nobody treats is faster, and easy to tell by that.
PACE = (65, 110)
MOST_HRV = 0.08  # seconds: standard deviation of the RR intervals of a sinus rhythm, at most
SCALE = 10  # brings logarithms of RR intervals near 1, as networks like their inputs
STEPS = 20  # RR intervals of a stretch, from its start; zeros where it has fewer
MOST_ATRIAL = 0.15  # of the beats of those in sinus rhythm, at most: premature, so irregular without fibrillation


@dataclass(frozen=True, eq=False)
class Stretches:
    """n stretches of a trace, one person each: labels (1: fibrillation), patients (n,), and three views of them.

    beating: float32 (n, STEPS, 2), ten times the logarithm of each RR interval over the stretch's median, and how far
    it is from the one before. rates: (n,), beats per minute. trace: float32 (n, samples, 1), lead II at 60 Hz, mV,
    less its median.
    """

    labels: np.ndarray
    patients: np.ndarray
    beating: np.ndarray
    rates: np.ndarray
    trace: np.ndarray

    @property
    def irregular(self) -> np.ndarray:
        """The floor: the median of |ln(RR / the RR before it)| of each stretch, (n,)."""
        return np.median(self.beating[:, 1:, 1], axis=1) / SCALE


def simulate_stretches(
    people: int, detect: Callable[[np.ndarray, float], np.ndarray], *, motion: float, seed: int
) -> Stretches:
    """A stretch of each of so many people, every other one in fibrillation; their beats are those that `detect` finds.

    detect: takes a lead (samples,) and its rate, returns the samples of the R peaks. motion: standard deviation of what
    sliding electrodes add, mV. Taught in notebooks/12_biosignals.ipynb, section 2.5.
    """
    rng = np.random.default_rng(seed)
    labels = np.arange(people) % 2
    beating, rates, traces = [], [], []
    for ill in labels:
        heart = draw_heart(rng, fibrillating=bool(ill))
        atrial = 0.0 if ill else rng.uniform(0, MOST_ATRIAL)
        calm = {"heart_rate": rng.uniform(*PACE), "hrv": min(heart.hrv, MOST_HRV)}
        heart = replace(heart, **calm, atrial=atrial, motion=motion)
        lead = trace(heart, SECONDS, RATE, seed=int(rng.integers(2**31))).record.signal[:, 0]
        apart = np.diff(detect(lead.astype(float), RATE)) / RATE
        logs = SCALE * np.log(apart / np.median(apart))[:STEPS] if len(apart) else np.zeros(0)
        views = np.stack([logs, np.abs(np.diff(logs, prepend=logs[:1]))], axis=1)
        beating.append(np.pad(views, ((0, STEPS - len(logs)), (0, 0))))
        rates.append(60 / np.median(apart) if len(apart) else 0.0)
        traces.append(lead - np.median(lead))
    thin = thinned(np.array(traces), RATE, THIN_RATE)
    names = np.array([f"person-{k:04d}" for k in range(people)])
    return Stretches(labels, names, np.array(beating, np.float32), np.array(rates), thin[..., None].astype(np.float32))
