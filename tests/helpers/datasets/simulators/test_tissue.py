"""The simulated stained tissue, measured on the pictures: nuclei, stain, laboratories, noise, difficulty."""

import math

import numpy as np
import pytest
from scipy import ndimage
from skimage.color import rgb_from_hed
from skimage.feature import peak_local_max
from skimage.filters import threshold_otsu
from skimage.measure import label as components
from skimage.measure import regionprops
from skimage.segmentation import watershed
from sklearn.linear_model import LogisticRegression
from sklearn.metrics import roc_auc_score
from sklearn.pipeline import make_pipeline
from sklearn.preprocessing import StandardScaler

from helpers.datasets.simulators.tissue import CLASS_NAMES, render_patient, simulate_tissue
from helpers.datasets.simulators.tissue_render import EOSIN, FIELD_UM, HAEMATOXYLIN, SITES

SIZE = 168
PIXEL_UM = FIELD_UM / SIZE


@pytest.fixture(scope="module")
def data():
    return simulate_tissue()


def density(image, site):
    """Optical density in red, green and blue: what Beer and Lambert's law makes of the light that is left."""
    return -np.log(np.maximum(image.astype(float), 1) / 255 / SITES[site].glass)


def unmixed(image, site="A"):
    """Haematoxylin and eosin at each pixel, by least squares, and the share of the density that neither explains."""
    stains = np.array([SITES[site].haematoxylin, SITES[site].eosin])
    depth = density(image, site)
    amounts = depth @ np.linalg.pinv(stains)
    return amounts[..., 0], amounts[..., 1], np.abs(depth - amounts @ stains).mean() / depth.mean()


def measure(patient, label):
    """What a pathologist's computer measures on one tile: means over the nuclei that lie wholly inside it."""
    image, _ = render_patient(patient, label, size=SIZE, dose=math.inf)
    stain, _, _ = unmixed(image)
    smooth = ndimage.gaussian_filter(stain, 1.5)
    blue = ndimage.binary_fill_holes(smooth > 0.85 * threshold_otsu(smooth))
    inland = ndimage.gaussian_filter(ndimage.distance_transform_edt(blue), 2.5)
    seeds = np.zeros(blue.shape, int)
    seeds[tuple(peak_local_max(inland, min_distance=8, labels=components(blue)).T)] = 1
    nuclei = watershed(-inland, components(seeds, connectivity=1), mask=blue)
    rows = []
    for nucleus in regionprops(nuclei, intensity_image=stain):
        top, left, bottom, right = nucleus.bbox
        area = nucleus.area * PIXEL_UM**2
        if min(top, left) > 0 and max(bottom, right) < SIZE and area > 8 and nucleus.solidity > 0.8:
            inner = ndimage.binary_erosion(nucleus.image, iterations=5)
            grain = nucleus.image_intensity[inner].std() / nucleus.intensity_mean if inner.sum() > 20 else np.nan
            roundness = 4 * np.pi * nucleus.area / nucleus.perimeter**2
            rows.append((area, nucleus.intensity_mean, roundness, grain))
    area, dark, roundness, grain = np.array(rows).T
    return {
        "area": area.mean(),
        "unlike in size": area.std() / area.mean(),
        "unlike in darkness": dark.std() / dark.mean(),
        "roundness": roundness.mean(),
        "grain": np.nanmean(grain),
        "share of the tile": blue.mean(),
    }


@pytest.fixture(scope="module")
def nuclei():
    """The measurements of thirty people, as normal tissue and as cancer: {name: (30 normal, 30 cancer)}."""
    both = [[measure(patient, label) for patient in range(30)] for label in (0, 1)]
    return {name: np.array([[person[name] for person in group] for group in both]) for name in both[0][0]}


def test_the_contract(data):
    assert data.class_names == CLASS_NAMES == ("normal", "cancer")
    assert data.title == "Simulated stained tissue, 28 x 28 pixels"
    assert set(data.patient_table["age_band"]) == {"18-39", "40-64", "65+"}
    assert 2_450 <= sum(len(split) for _, split in data.splits()) <= 2_750  # 1,300 people with one to three tiles


@pytest.mark.parametrize(
    ("name", "least", "greatest"),
    [
        ("area", 1.2, 1.7),
        ("unlike in size", 1.5, 3.0),
        ("unlike in darkness", 1.5, 3.0),
        ("grain", 1.2, 2.5),
        ("share of the tile", 1.15, 1.6),
    ],
)
def test_nuclei_of_cancer_are_larger_coarser_more_crowded_and_more_unlike_each_other(nuclei, name, least, greatest):
    normal, cancer = nuclei[name]
    assert least < cancer.mean() / normal.mean() < greatest
    assert (cancer > normal).mean() > 0.85  # the same person's, with and without


def test_nuclei_of_cancer_are_less_round(nuclei):
    normal, cancer = nuclei["roundness"]
    assert normal.mean() > 0.92
    assert cancer.mean() < normal.mean() - 0.03


def test_the_classes_overlap(nuclei):
    """The largest normal nuclei belong to inflamed tissue and are larger than the smallest of cancers."""
    for name in ("area", "roundness", "share of the tile"):
        normal, cancer = nuclei[name]
        assert max(normal.min(), cancer.min()) < min(normal.max(), cancer.max())


def test_a_normal_nucleus_is_six_to_eight_micrometres_wide_and_five_pixels_at_28(nuclei):
    width = 2 * np.sqrt(nuclei["area"][0].mean() / np.pi)
    assert 6 < width < 8
    assert 4 < width / (FIELD_UM / 28) < 6


def test_the_mask_is_the_nuclei_of_cancer_cells():
    for patient in range(12):
        image, mask = render_patient(patient, 1, size=SIZE, dose=math.inf)
        stain, _, _ = unmixed(image)
        edge = ndimage.binary_dilation(mask, iterations=3)
        assert stain[mask].mean() > 1.5 * stain[edge & ~ndimage.binary_dilation(mask, iterations=1)].mean()
        assert not render_patient(patient, 0, size=SIZE)[1].any()


def test_some_nuclei_of_a_cancer_are_no_cancer_cells():
    unmasked = 0
    for patient in range(20):
        image, mask = render_patient(patient, 1, size=SIZE, dose=math.inf)
        stain, _, _ = unmixed(image)
        blue = ndimage.binary_opening(stain > threshold_otsu(stain), iterations=3)
        unmasked += components(blue & ~ndimage.binary_dilation(mask, iterations=4)).max()
    assert unmasked >= 20  # spindle-shaped nuclei and lymphocytes


def test_the_stains_have_the_published_colours():
    """Ruifrok and Johnston's vectors, which scikit-image ships too."""
    np.testing.assert_allclose([HAEMATOXYLIN, EOSIN], rgb_from_hed[:2], atol=0.005)
    for vector in (HAEMATOXYLIN, EOSIN):
        assert np.linalg.norm(vector) == pytest.approx(1, abs=0.01)


@pytest.mark.parametrize("site", list(SITES))
def test_two_stains_explain_every_colour(site):
    """Beer and Lambert's law: optical densities of the stains add up. Rounding, blur and the slide leave little."""
    for patient in range(6):
        image, _ = render_patient(patient, patient % 2, size=SIZE, dose=math.inf, site=site)
        assert unmixed(image, site)[2] < 0.03


def test_nuclei_are_blue_and_fibres_pink():
    image, mask = render_patient(0, 1, size=SIZE, dose=math.inf)
    red, green, blue = image[mask].mean(axis=0)
    assert blue > red + 20
    assert red > green
    _, eosin, _ = unmixed(image)
    red, green, blue = image[eosin > np.quantile(eosin, 0.95)].mean(axis=0)
    assert red > 180
    assert green < 140


def test_the_laboratories_differ_in_stain_and_sharpness():
    def tiles(site):
        return np.stack([render_patient(k, 0, size=112, dose=math.inf, site=site)[0] for k in range(12)])

    def hue(site):
        depth = density(tiles(site), site).mean(axis=(0, 1, 2))
        return depth / depth.sum()

    assert hue("B")[2] > 1.2 * hue("A")[2]  # more blue is absorbed: redder
    amounts = {site: np.mean([unmixed(tile, site)[:2] for tile in tiles(site)], axis=(0, 2, 3)) for site in SITES}
    for stain in (0, 1):
        wanted = SITES["B"].strength[stain] / SITES["A"].strength[stain]
        assert amounts["B"][stain] / amounts["A"][stain] == pytest.approx(wanted, rel=0.04)

    def detail(site):
        stain = np.stack([unmixed(tile, site)[0] for tile in tiles(site)]) / SITES[site].strength[0]
        return np.diff(stain, n=2, axis=2).var()

    assert detail("B") < 0.6 * detail("A")


def test_the_noise_falls_as_one_over_the_dose_and_is_larger_in_laboratory_b():
    def noise(site, dose):
        pairs = [
            [render_patient(k, 0, size=112, dose=d, site=site)[0].astype(float) for d in (dose, math.inf)]
            for k in range(8)
        ]
        return np.concatenate([(noisy - still)[(still > 60) & (still < 200)] for noisy, still in pairs]).var()

    assert noise("A", 0.2) / noise("A", 0.8) == pytest.approx(4, rel=0.1)
    assert noise("B", 0.3) / noise("A", 0.3) == pytest.approx(2, rel=0.25)


def test_tiles_of_one_patient_are_stained_alike():
    first, second = (
        np.array([density(render_patient(k, 0, view=view, dose=math.inf)[0], "A").mean(axis=(0, 1)) for k in range(40)])
        for view in (0, 1)
    )
    own = np.abs(first - second).mean()
    assert own < 0.8 * np.abs(first - np.roll(second, 1, axis=0)).mean()


def test_nuclei_stay_in_place_at_every_size():
    for patient in range(8):
        _, small = render_patient(patient, 1, size=28)
        _, large = render_patient(patient, 1, size=112)
        blocks = large.reshape(28, 4, 28, 4).mean(axis=(1, 3)) >= 0.5
        assert (blocks == small).mean() > 0.93


def auc(model, data, features):
    model.fit(features(data.train.images), data.train.labels)
    return roc_auc_score(data.validation.labels, model.predict_proba(features(data.validation.images))[:, 1])


@pytest.mark.filterwarnings("ignore:lbfgs failed to converge")
def test_neither_mean_colour_nor_a_linear_model_solves_it(data):
    mean = auc(make_pipeline(StandardScaler(), LogisticRegression()), data, lambda images: images.mean(axis=(1, 2)))
    assert 0.53 <= mean <= 0.70
    pixels = auc(LogisticRegression(max_iter=100), data, lambda images: images.reshape(len(images), -1) / 255)
    assert 0.50 <= pixels <= 0.68
