"""Simulated radiographs of the lower end of the thigh bone, intact or broken, from two hospitals.

How it is made: a leg of skin, fat, muscle, femur (a tube of compact bone around marrow that widens into spongy
condyles), kneecap and shin bone is drawn for each person from ranges of anatomy, smaller in children, thinner-walled
in the old. X-rays of 60 keV pass it by Beer and Lambert's law with NIST's coefficients; a detector blurs them and
counts photons. Pictures alternate between the front and the side. A fracture is one cut through the femur, from
straight across to long and oblique; the lower fragment is drawn away, shifted and bent, and each view shows its part
of that. The mask is the space between the broken surfaces, at least 2 mm wide. Labels are true by construction.
Look-alike: children of both classes have a growth plate, a dark line across the bone that no mask marks.
Left out: fractures in several pieces, fractures through the growth plate or the joint, twisted (truly spiral) breaks,
healing, swelling, metal, plaster, scattered X-rays, the beam's spectrum.
Known limits: one bone and one region; far fewer photons than in practice, so that noise can be seen at 28 pixels;
breaks are as common at every age and in both sexes, which they are not. Not for any clinical conclusion.
"""

from __future__ import annotations

from functools import partial

import numpy as np

from helpers.datasets.arguments import check_range
from helpers.datasets.contract import ImageDataset
from helpers.datasets.simulators.bone_render import SITES, draw_person, radiographs
from helpers.datasets.simulators.simulation import Simulator, takes_arguments_of

CLASS_NAMES = ("intact", "fracture")
# Least and greatest distance between the fragments along the bone and across it, and angle between them. Wide enough
# for most breaks to show at 28 pixels, where a pixel is 3.4 mm, and narrow enough for some to hide.
GAP_MM = (2.0, 7.5)
SHIFT_MM = (0.0, 12.0)
BEND_DEGREES = (0.0, 15.0)


@takes_arguments_of(Simulator.dataset, patients=1900, class_balance=(0.6, 0.4))
def simulate_bone(
    *,
    gap_mm: tuple[float, float] = GAP_MM,
    shift_mm: tuple[float, float] = SHIFT_MM,
    bend_degrees: tuple[float, float] = BEND_DEGREES,
    **shared,
) -> ImageDataset:
    """A data set of simulated radiographs of the thigh bone: the same arguments give the same bits.

    patients: how many people, 20 or more. Person k is the same however many follow.
    images_per_patient: least and greatest number of pictures of one person, between 1 and 20. They share the person's
    anatomy and fracture and differ in view (front and side in turn), position, rotation, exposure and noise.
    size: height and width in pixels, 16 or more; the picture stays 9.6 cm wide.
    class_balance: probabilities of intact and fracture. A mapping from site to two probabilities makes fractures more
    common in one hospital than in the other, so that a model can cheat by reading the marker.
    dose: photons relative to the nominal exposure; math.inf leaves no noise.
    sites: the hospitals, "A", "B" or both; every patient goes to one of them with equal probability.
    gap_mm, shift_mm, bend_degrees: least and greatest distance between the fragments along the bone (0.1 to 10 mm) and
    across it (0 to 20 mm), and angle between them (0 to 30 degrees), uniform. A view shows the part of the shift and
    of the bend that lies in its plane.
    validation_fraction, test_fraction: shares of the patients in these splits; the others train.
    seed: a whole number, 0 or more.

    Returns an ImageDataset with images uint8 (n, size, size, 1), masks bool (n, size, size), empty for intact bones,
    and labels 0 intact, 1 fracture. A mask holds the pixels where the beam runs through the fracture zone for at least
    a quarter of its longest way through it. Age bands start with "8-17", the only one with growth plates.
    Raises ValueError naming the argument, what is allowed and what was given.
    """
    return _simulator(gap_mm, shift_mm, bend_degrees).dataset(**shared)


@takes_arguments_of(Simulator.picture)
def render_patient(
    *,
    gap_mm: tuple[float, float] = GAP_MM,
    shift_mm: tuple[float, float] = SHIFT_MM,
    bend_degrees: tuple[float, float] = BEND_DEGREES,
    **shared,
) -> tuple[np.ndarray, np.ndarray]:
    """One picture of one simulated person with an intact bone (label 0) or a broken one (1).

    The same patient, view and seed show the same leg in the same position at every size, dose and site, broken or not:
    those of simulate_bone with that seed. Even views are from the front, odd ones from the side.
    Returns the image, uint8 of shape (size, size), and the mask of the fracture zone, bool of that shape.
    Raises ValueError naming the argument, what is allowed and what was given.
    """
    return _simulator(gap_mm, shift_mm, bend_degrees).picture(**shared)


def _simulator(gap_mm, shift_mm, bend_degrees) -> Simulator:
    check_range("gap_mm", gap_mm, 0.1, 10)
    check_range("shift_mm", shift_mm, 0, 20)
    check_range("bend_degrees", bend_degrees, 0, 30)
    take = partial(radiographs, gap_mm=gap_mm, shift_mm=shift_mm, bend_degrees=bend_degrees)
    return Simulator("bone", "Simulated radiographs of the thigh bone", CLASS_NAMES, SITES, draw_person, take)
