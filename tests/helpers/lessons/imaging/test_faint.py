"""Faint lesions are those that hardly change the picture."""

import math

import numpy as np

from helpers.datasets.simulators.chest import render_patient
from helpers.datasets.simulators.chest_lesions import GROUND_GLASS
from helpers.lessons.imaging.faint import faint_only


def added(patient: int) -> float:
    """Grey values that a tumour adds to the picture of this person where it adds most."""
    ill, healthy = (
        render_patient(patient=patient, label=label, seed=5, dose=math.inf)[0].astype(int) for label in (2, 0)
    )
    return np.abs(ill - healthy).max()


def test_a_faint_tumour_adds_a_fraction_of_what_another_adds():
    people = np.arange(60)
    faint = faint_only(people, seed=5)
    brightness = np.array([added(patient) for patient in people])
    assert 1 < faint.sum() < 20
    assert brightness[faint].max() < 0.5 * np.median(brightness[~faint])


def test_as_many_are_faint_as_the_simulator_says_and_another_seed_has_others():
    people = np.arange(4000)
    faint = faint_only(people, seed=1)
    assert abs(faint.mean() - GROUND_GLASS) < 0.02
    assert (faint != faint_only(people, seed=2)).any()
