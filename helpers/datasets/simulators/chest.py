"""Simulated chest radiographs of people without disease, with pneumonia and with a tumour, from two hospitals.

How it is made: a thorax of ellipsoids with ribs, heart and vessels is drawn for each person. X-rays pass it by Beer and
Lambert's law with tabulated coefficients; a detector blurs them and counts photons. Pneumonia is one or more soft
opacities, a tumour one or more round nodules; the mask is the lesion, true by construction. Hospitals A and B differ in
exposure, contrast, blur and a burnt-in marker.
Known limits: the marker and the look of a picture give the hospital away, so that a model can cheat wherever disease is
more common in one of them; anatomy, disease and noise are simpler than in life. Not for any clinical conclusion.
"""

from __future__ import annotations

import numpy as np

from helpers.datasets.contract import ImageDataset
from helpers.datasets.simulators.chest_render import SITES, draw_person, radiographs
from helpers.datasets.simulators.simulation import Simulator, takes_arguments_of

CLASS_NAMES = ("normal", "pneumonia", "tumour")
CHEST = Simulator("chest", "Simulated chest radiographs", CLASS_NAMES, SITES, draw_person, radiographs)


@takes_arguments_of(Simulator.dataset, patients=2600, class_balance=(0.4, 0.35, 0.25))
def simulate_chest(**shared) -> ImageDataset:
    """A data set of simulated chest radiographs: the same arguments give the same bits.

    patients: how many people, 20 or more. Person k is the same however many follow.
    images_per_patient: least and greatest number of pictures of one person, between 1 and 20. They share the person's
    anatomy and lesion and differ in position, breath, exposure and noise.
    size: height and width in pixels, 16 or more; the picture stays 30 cm wide.
    class_balance: probabilities of normal, pneumonia and tumour. A mapping from site to three probabilities makes the
    disease more common in one hospital than in the other, so that a model can cheat by reading the marker.
    dose: photons relative to the nominal exposure; math.inf leaves no noise.
    sites: the hospitals, "A", "B" or both; every patient goes to one of them with equal probability.
    validation_fraction, test_fraction: shares of the patients in these splits; the others train.
    seed: a whole number, 0 or more.

    Returns an ImageDataset with images uint8 (n, size, size, 1), masks bool (n, size, size), empty for normal, and
    labels 0 normal, 1 pneumonia, 2 tumour. A mask holds the pixels to which the lesion adds at least a quarter of the
    optical depth that it adds at its peak.
    Raises ValueError naming the argument, what is allowed and what was given.
    Taught in notebooks/04_evaluation.ipynb, section 8.
    """
    return CHEST.dataset(**shared)


@takes_arguments_of(Simulator.picture)
def render_patient(**shared) -> tuple[np.ndarray, np.ndarray]:
    """One picture of one simulated person, as healthy (label 0), with pneumonia (1) or with a tumour (2).

    The same patient, view and seed show the same person in the same position at every size, dose and site, with the
    lesion or without it: those of simulate_chest with that seed. dose=math.inf leaves no noise.
    Returns the image, uint8 of shape (size, size), and the lesion's mask, bool of that shape.
    Raises ValueError naming the argument, what is allowed and what was given.
    Taught in notebooks/02_cnn_imaging.ipynb, section 1.
    """
    return CHEST.picture(**shared)
