"""The simulated thigh bones, measured on the pictures: breaks, fragments, growth plates, views, noise, difficulty."""

import math

import numpy as np
import pytest
from scipy import ndimage
from sklearn.linear_model import LogisticRegression
from sklearn.metrics import roc_auc_score
from sklearn.pipeline import make_pipeline
from sklearn.preprocessing import StandardScaler

from helpers.datasets.simulators.bone import CLASS_NAMES, render_patient, simulate_bone
from helpers.datasets.simulators.bone_render import FIELD_CM, SITES, BonePerson, draw_person

STILL = {"shift_mm": (0, 0), "bend_degrees": (0, 0)}
PIXEL_MM = 10 * FIELD_CM / 112


@pytest.fixture(scope="module")
def data():
    return simulate_bone()


def clean(patient, label, **arguments):
    """A large picture without noise, as float, and its mask."""
    image, mask = render_patient(patient, label, **({"size": 112, "dose": math.inf} | arguments))
    return image.astype(float), mask


def people(age_bands, count):
    chosen = [k for k in range(200) if BonePerson.AGE_BANDS[draw_person(1, k).age] in age_bands]
    return chosen[:count]


ADULTS = ("18-39", "40-64", "65+")


def test_the_contract(data):
    assert data.class_names == CLASS_NAMES == ("intact", "fracture")
    assert data.title == "Simulated radiographs of the thigh bone, 28 x 28 pixels"
    assert set(data.patient_table["age_band"]) == {"8-17", *ADULTS}
    assert 3_600 <= sum(len(split) for _, split in data.splits()) <= 4_000  # 1,900 people with one to three pictures


def across(image, row):
    """Along a row: width of the bone in mm, and grey of its two walls, of its middle, and of the flesh beside it."""
    profile = ndimage.gaussian_filter1d(image[row - 1 : row + 2].mean(axis=0), 1)
    slope = np.gradient(profile)
    left, right = 15 + slope[15:60].argmax(), 50 + slope[50:97].argmin()
    walls = profile[left : left + 6].max(), profile[right - 5 : right + 1].max()
    return (
        (right - left) * PIXEL_MM,
        np.mean(walls),
        profile[(left + right) // 2],
        profile[[left - 4, right + 4]].mean(),
    )


def test_bone_is_bright_in_flesh_and_its_wall_brighter_than_its_marrow():
    width, wall, marrow, flesh = np.array([across(clean(patient, 0)[0], 8) for patient in people(ADULTS, 30)]).T
    assert 25 < width.mean() < 31  # the shaft of an adult's femur is some 28 mm wide
    assert (wall > marrow + 4).all()
    assert (marrow > flesh + 10).all()


def test_a_break_is_darker_than_the_wall_beside_it_and_than_the_same_bone_intact():
    for patient in range(24):
        gap = {"view": patient % 2, "gap_mm": (4, 4)} | STILL
        ill, mask = clean(patient, 1, **gap)
        well, _ = clean(patient, 0, **gap)
        around = ndimage.binary_dilation(mask, iterations=6)
        beside = around & ~ndimage.binary_dilation(mask, iterations=2)
        wall = well >= np.percentile(well[around], 70)
        assert ill[mask & wall].mean() < ill[beside & wall].mean() - 3
        assert (ill - well)[mask].mean() < -3


def test_the_picture_above_the_break_is_that_of_the_intact_bone():
    for patient in range(12):
        ill, mask = clean(patient, 1)
        well, _ = clean(patient, 0)
        top = np.flatnonzero(mask.any(axis=1))[0] - 6
        assert top <= 0 or np.abs(ill - well)[:top].mean() < 1


def test_a_wider_gap_makes_a_larger_zone_and_a_darker_line():
    growth = []
    for patient in range(12):
        narrow, small = clean(patient, 1, gap_mm=(2, 2), **STILL)
        wide, large = clean(patient, 1, gap_mm=(7, 7), **STILL)
        growth.append(large.sum() / small.sum())
        assert wide[small].mean() < narrow[small].mean()
    assert min(growth) > 1.05
    assert np.mean(growth) > 1.4


def outline_moved(patient, view, row_of_zone):
    """How far the edges of the bone have moved sideways against the unshifted fragments, in mm, at a row."""
    gap = {"view": view, "gap_mm": (2, 2), "bend_degrees": (0, 0)}
    shifted, mask = clean(patient, 1, shift_mm=(10, 10), **gap)
    still, _ = clean(patient, 1, shift_mm=(0, 0), **gap)
    row = row_of_zone(np.flatnonzero(mask.any(axis=1)))
    if not 2 <= row <= 100:
        return math.nan
    before, after = (np.gradient(image[row - 1 : row + 2].mean(axis=0)) for image in (still, shifted))
    lags = range(-16, 17)
    likeness = [np.corrcoef(before[20:-20], after[20 + lag : 92 + lag])[0, 1] for lag in lags]
    return lags[int(np.argmax(likeness))] * PIXEL_MM


def test_a_displaced_fragment_breaks_the_outline_of_the_bone():
    """Front and side each show their part of 10 mm: together, by Pythagoras, all of it. One view alone may show none.

    Above the break nothing moves, so the step in the outline lies at the break.
    """
    found, parts = [], []
    for patient in people(ADULTS, 16):
        lower = [outline_moved(patient, view, lambda rows: rows[-1] + 8) for view in (0, 1)]
        upper = [outline_moved(patient, view, lambda rows: rows[0] - 3) for view in (0, 1)]
        assert np.nanmax(np.abs([*upper, 0])) == 0
        if not np.isnan(lower).any():
            found.append(math.hypot(*lower))
            parts.extend(np.abs(lower))
    assert len(found) >= 8
    assert np.mean(found) == pytest.approx(10, abs=1)
    assert min(found) > 7
    assert max(found) < 13
    assert min(parts) < 2.5


def plate_line(image):
    """How much darker than what lies 5 rows above and below the darkest line across the middle is, and its row."""
    smooth = ndimage.gaussian_filter1d(image[:, 36:76], 1, axis=0)
    dip = np.median(np.minimum(smooth[:-10], smooth[10:]) - smooth[5:-5], axis=1)
    rows = slice(40, 85)
    return dip[rows].max(), 45 + int(dip[rows].argmax())


def test_only_the_young_have_growth_plates():
    young = [plate_line(clean(patient, 0)[0])[0] for patient in people(("8-17",), 14)]
    adult = [plate_line(clean(patient, 0)[0])[0] for patient in people(ADULTS, 30)]
    assert np.median(young) > 12
    assert np.quantile(young, 0.1) > max(adult)


def test_growth_plates_are_in_both_classes_and_in_no_mask():
    masked = []
    for patient in people(("8-17",), 14):
        ill, mask = clean(patient, 1, gap_mm=(1, 1), **STILL)
        depth, row = plate_line(clean(patient, 0)[0])
        if depth < 8:
            continue
        nearby = ill[row - 9 : row + 12, 36:76].mean(axis=1)
        assert nearby[6:15].min() < nearby[[0, -1]].max() - 4  # the line is there with a fracture too
        masked.append(mask[row - 1 : row + 2, 50:62].mean())
        assert not clean(patient, 0)[1].any()
    assert len(masked) >= 10
    assert np.median(masked) == 0
    assert np.mean(masked) < 0.1  # a long oblique break comes near the plate


def test_children_have_smaller_bones_and_the_old_thinner_walls():
    def typical(age_bands):
        return np.array([across(clean(patient, 0)[0], 8) for patient in people(age_bands, 25)]).mean(axis=0)

    child, young, old = (typical((band,)) for band in ("8-17", "18-39", "65+"))
    assert 0.75 < child[0] / young[0] < 0.92
    assert (old[1] - old[3]) < 0.95 * (young[1] - young[3])  # wall against flesh


def condyles_mm(patient, view):
    """Distance between the outermost strong edges where the bone is widest; the kneecap's are weaker or inside."""
    image, _ = clean(patient, 0, view=view)
    slope = np.gradient(ndimage.gaussian_filter1d(image[72:76].mean(axis=0), 1))
    rise, fall = slope[8:50], -slope[62:104]
    return (
        62 + np.flatnonzero(fall > 0.6 * fall.max())[-1] - 8 - np.flatnonzero(rise > 0.6 * rise.max())[0]
    ) * PIXEL_MM


def test_the_condyles_are_narrower_from_the_side():
    front, side = (np.median([condyles_mm(patient, view) for patient in people(ADULTS, 20)]) for view in (0, 1))
    assert 58 < front < 80
    assert 0.7 < side / front < 0.9


def test_pictures_of_one_patient_are_more_alike_than_those_of_two():
    chosen = people(ADULTS, 24)
    first, second = ([clean(patient, 0, view=view)[0] for patient in chosen] for view in (0, 2))
    own = np.mean([np.abs(one - other).mean() for one, other in zip(first, second, strict=True)])
    others = np.mean([np.abs(one - other).mean() for one, other in zip(first, second[1:] + second[:1], strict=True)])
    assert own < 0.9 * others


def test_a_fracture_stays_in_place_at_every_size():
    for patient in range(10):
        _, mask = render_patient(patient, 1, size=28)
        _, large = render_patient(patient, 1, size=112)
        assert abs(mask.mean() - large.mean()) < 0.03
        for axis in (0, 1):
            small_centre = (np.nonzero(mask)[axis].mean() + 0.5) / 28
            assert small_centre == pytest.approx((np.nonzero(large)[axis].mean() + 0.5) / 112, abs=0.05)


def test_the_noise_falls_as_one_over_the_dose():
    variance = {}
    for dose in (0.2, 0.8):
        noise = []
        for patient in range(10):
            still, _ = clean(patient, 0)
            noisy, _ = clean(patient, 0, dose=dose)
            noise.append((noisy - still)[(still > 60) & (still < 160)])
        variance[dose] = np.concatenate(noise).var()
    assert variance[0.2] / variance[0.8] == pytest.approx(4, rel=0.1)


def test_site_b_has_more_noise_more_blur_and_another_marker():
    def logit(image):
        grey = np.clip(image, 1, 254) / 255
        return np.log(grey / (1 - grey))

    def pictures(site, dose):
        return np.stack([clean(patient, 0, site=site, dose=dose)[0] for patient in range(10)])

    middle = np.s_[:, 30:80, 20:92]  # no marker there
    noise, detail = {}, {}
    for site, how in SITES.items():
        depth, noisy = (how.window[1] / 4 * logit(pictures(site, dose)[middle]) for dose in (math.inf, 1.0))
        inside = (depth > -0.4) & (depth < 0.3)
        noise[site] = (noisy - depth)[inside].var()
        detail[site] = np.diff(depth, n=2, axis=2).var()
    assert noise["B"] / noise["A"] == pytest.approx(SITES["A"].exposure / SITES["B"].exposure, rel=0.25)
    assert detail["B"] < 0.8 * detail["A"]

    bright = {site: (pictures(site, 1.0) == 250).all(axis=0) for site in SITES}
    fixed = {site: np.argwhere(rows) / 112 for site, rows in bright.items()}
    assert fixed["A"][:, 0].max() < 0.25
    assert fixed["A"][:, 1].min() > 0.75
    assert fixed["B"][:, 0].min() > 0.75
    assert fixed["B"][:, 1].max() < 0.25


def auc(model, data, features):
    model.fit(features(data.train.images), data.train.labels)
    return roc_auc_score(data.validation.labels, model.predict_proba(features(data.validation.images))[:, 1])


@pytest.mark.filterwarnings("ignore:lbfgs failed to converge")
def test_it_is_neither_trivial_nor_hopeless(data):
    mean = auc(make_pipeline(StandardScaler(), LogisticRegression()), data, lambda images: images.mean(axis=(1, 2)))
    assert 0.42 <= mean <= 0.62
    pixels = auc(LogisticRegression(max_iter=150), data, lambda images: images.reshape(len(images), -1) / 255)
    assert 0.70 <= pixels <= 0.85
