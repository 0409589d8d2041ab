"""Simulated tissue under the microscope, stained with haematoxylin and eosin: normal or cancer, two laboratories.

How it is made: a tile of 40 by 40 µm shows epithelium, and beside it connective tissue, the hollow of a gland, or
both. Cells lie on a disturbed lattice; nuclei are stretched circles with dents and grainy chromatin. One number per
person, the atypia, moves all of their properties together: larger, more crowded, more dented, coarser and more unlike
each other. Its ranges overlap: inflamed normal tissue looks like a well differentiated cancer. Spindle-shaped nuclei
and lymphocytes occur in both classes. Light passes by Beer and Lambert's law with the stain colours of Ruifrok and
Johnston (2001); a scanner blurs it and counts photons. The mask is the nuclei of cancer cells, true by construction.
Left out: the architecture of glands and its loss (the tile is too small), dividing and dying cells, overlapping
nuclei, blood, mucin, folds, dirt, uneven staining, compression by a file format.
Known limits: no organ in particular; the outline of a nucleus stays star-shaped; the share of a tile that is nucleus
rises with atypia, so mean colour tells a little; cancer is as common at every age. Not for any clinical conclusion.
"""

from __future__ import annotations

import numpy as np

from helpers.datasets.contract import ImageDataset
from helpers.datasets.simulators.simulation import Simulator, takes_arguments_of
from helpers.datasets.simulators.tissue_render import SITES, draw_person, tiles

CLASS_NAMES = ("normal", "cancer")
TISSUE = Simulator("tissue", "Simulated stained tissue", CLASS_NAMES, SITES, draw_person, tiles)


@takes_arguments_of(Simulator.dataset, patients=1300, class_balance=(0.6, 0.4))
def simulate_tissue(**shared) -> ImageDataset:
    """A data set of simulated tiles of stained tissue: the same arguments give the same bits.

    patients: how many people, 20 or more. Person k is the same however many follow.
    images_per_patient: least and greatest number of tiles of one person, between 1 and 20. They come from one slide:
    stain, kind of nuclei and inflammation are shared; where the cells lie, and the noise, differ.
    size: height and width in pixels, 16 or more. The tile stays 40 µm wide: at 28 pixels one of them is 1.4 µm, and a
    normal nucleus about 5 pixels wide.
    class_balance: probabilities of normal and cancer. A mapping from site to two probabilities makes cancer more
    common in one laboratory than in the other, so that a model can cheat by reading the stain.
    dose: light relative to the scanner's nominal exposure; math.inf leaves no noise.
    sites: the laboratories, "A", "B" or both; every patient goes to one of them with equal probability. B stains redder
    and with more eosin, and its scanner is blurred and noisy.
    validation_fraction, test_fraction: shares of the patients in these splits; the others train.
    seed: a whole number, 0 or more.

    Returns an ImageDataset with images uint8 (n, size, size, 3) in red, green and blue, masks bool (n, size, size), and
    labels 0 normal, 1 cancer. A mask holds the pixels that nuclei of cancer cells cover at least by half; it is empty
    for normal tissue, and leaves out the spindle-shaped nuclei and lymphocytes of a cancer.
    Raises ValueError naming the argument, what is allowed and what was given.
    """
    return TISSUE.dataset(**shared)


@takes_arguments_of(Simulator.picture)
def render_patient(**shared) -> tuple[np.ndarray, np.ndarray]:
    """One tile of one simulated person, with normal tissue (label 0) or cancer (1).

    The same patient, view and seed show the same slide and layout of cells at every size, dose and site, with the
    nuclei that the label gives them: those of simulate_tissue with that seed. dose=math.inf leaves no noise.
    Returns the image, uint8 of shape (size, size, 3), and the mask of cancer nuclei, bool of shape (size, size).
    Raises ValueError naming the argument, what is allowed and what was given.
    """
    return TISSUE.picture(**shared)
