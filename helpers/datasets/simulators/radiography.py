"""What happens to X-rays between the tube and the screen: attenuation, blur, photon counting, display."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np

# Mass attenuation coefficients at 60 keV (cm^2/g) times density (g/cm^3): linear attenuation in cm^-1.
# Coefficients: NIST, Tables of X-Ray Mass Attenuation Coefficients, table 4, compositions of ICRU Report 44 (1989).
# Densities: the same table, except the lung, which NIST lists without its air (1.05); inflated it has 0.26 (ICRU 44).
ATTENUATION = {
    "soft": 0.2048 * 1.06,
    "lung": 0.2053 * 0.26,
    "bone": 0.3148 * 1.92,
    "fat": 0.1974 * 0.95,
}
# Photons per cm^2 that reach the detector beside the patient, at dose 1. A real detector counts some 10^7: so many
# that a picture of 28 x 28 pixels shows no noise at all. This course counts fewer, so that dose has something to teach.
PHOTONS_PER_CM2 = 40_000.0
OVERSAMPLING = 2  # beams per pixel and axis
LETTER_GREY = 250
MASK_FRACTION = 0.25  # of a lesion's strongest pixel: what holds less of it is not in the mask


@dataclass(frozen=True)
class Site:
    """How one hospital takes its pictures.

    exposure: photons relative to the nominal dose. blur_cm: standard deviation of the detector's blur.
    window: optical depth shown as middle grey, and from black to white.
    marker: the letter burnt in, a picture of 0 and 1.
    corner: where it stands, its upper left corner as a share of height and width.
    """

    exposure: float
    blur_cm: float
    window: tuple[float, float]
    marker: tuple[str, ...]
    corner: tuple[float, float]


def optical_depth(lengths: Mapping[str, np.ndarray]) -> np.ndarray:
    """The exponent of Beer-Lambert's law, the sum of μ L over the tissues that the beam passes.

    lengths: tissue ("soft", "lung", "bone" or "fat") to the path length L through it in cm, arrays of one shape.
    Returns an array of that shape, without unit: the fraction exp(-depth) of the photons gets through.
    Coefficients μ in cm^-1 at 60 keV from NIST's tables (see ATTENUATION). Raises KeyError for another tissue.

    >>> round(float(np.exp(-optical_depth({"soft": np.array(10.0)}))), 3)   # ten centimetres of soft tissue
    0.114
    """
    return sum(np.float32(ATTENUATION[tissue]) * length for tissue, length in lengths.items())


def detector_matrix(size: int, oversampling: int, blur: float) -> np.ndarray:
    """How each of `size` detector pixels sums the beam along one axis: a Gaussian blur, then the pixel's own width.

    blur: standard deviation in pixels. Returns float32 of shape (size, size * oversampling); every row adds up to 1.
    The response is separable, so a picture P of the finely sampled beam becomes M @ P @ M.T.
    """
    fine = (np.arange(size * oversampling) + 0.5) / oversampling
    pixel = np.arange(size)[:, None] + 0.5
    # the fine sample nearest to every distance at which a pixel of width 1, blurred, still sees anything
    width = np.hypot(max(blur, 1e-3), 0.5 / oversampling)
    steps = (np.arange(oversampling) + 0.5) / oversampling - 0.5
    response = np.exp(-0.5 * ((fine - pixel)[..., None] - steps) ** 2 / width**2).sum(axis=-1)
    return (response / response.sum(axis=1, keepdims=True)).astype(np.float32)


def count_photons(fraction: np.ndarray, photons: float, rng: np.random.Generator) -> np.ndarray:
    """Photons that a detector counts: Poisson with mean photons x fraction, so the variance equals the mean.

    fraction: share of the beam that reaches each pixel. photons: what one pixel would count without a patient;
    infinity means so many that no noise is left. Returns float32, the counted share of the beam (count / photons),
    whose variance fraction / photons halves when the dose doubles.
    """
    if np.isinf(photons):
        return fraction
    return (rng.poisson(fraction * photons) / photons).astype(np.float32)


def display(share: np.ndarray, centre: np.ndarray, width: np.ndarray) -> np.ndarray:
    """Grey values as a radiograph is read: the logarithm turned round, so that what stops the beam is bright.

    share: counted share of the beam. centre: the optical depth shown as middle grey. width: how far black and white
    lie apart, roughly, in optical depth. Returns uint8 of the shape of `share`; a pixel that counted nothing is white.
    The curve is the sigmoid window of the DICOM standard, PS3.3 C.11.2.1.3.1: 255 / (1 + exp(-4 (depth - c) / w)).
    """
    depth = -np.log(np.maximum(share, np.float32(1e-6)))
    return np.rint(255 / (1 + np.exp(-4 * (depth - centre) / width))).astype(np.uint8)


def expose(
    depth: np.ndarray,
    sites: Sequence[Site],
    rngs: Sequence[np.random.Generator],
    *,
    pixel_cm: float,
    dose: float,
    exposure: np.ndarray,
    level: np.ndarray,
    level_error: np.ndarray,
    width_error: np.ndarray,
) -> np.ndarray:
    """The radiographs, uint8 (n, size, size), of n patients whom a finely sampled beam has passed.

    depth: optical depth of each beam, (n, size x oversampling, size x oversampling). sites, rngs: one per picture.
    pixel_cm: side of a pixel. dose: photons relative to the nominal number; exposure: the natural logarithm of how
    far each picture departs from that, (n,).
    level: optical depth by which the window follows the patient's thickness, level_error: by which it misses, both
    (n, 1, 1); width_error: what the window's width is multiplied with.
    """
    size = depth.shape[1] // OVERSAMPLING
    detectors = {site: detector_matrix(size, OVERSAMPLING, site.blur_cm / pixel_cm) for site in set(sites)}
    detector = np.stack([detectors[site] for site in sites])
    share = detector @ np.exp(-depth) @ detector.transpose(0, 2, 1)
    photons = PHOTONS_PER_CM2 * pixel_cm**2 * dose * np.exp(exposure)
    for i, (rng, site) in enumerate(zip(rngs, sites, strict=True)):
        share[i] = count_photons(share[i], float(photons[i] * site.exposure), rng)

    centre, width = np.array([site.window for site in sites], np.float32).T[..., None, None]
    images = display(share, centre + level + level_error, width * width_error)
    for image, site in zip(images, sites, strict=True):
        burn_in(image, site)
    return images


def zone(length: np.ndarray, size: int) -> np.ndarray:
    """Where a lesion is: bool (n, size, size), from how much of it each beam of the finely sampled picture meets.

    A pixel belongs to the lesion where it holds at least MASK_FRACTION of what the lesion's strongest pixel holds.
    """
    pixels = length.reshape(len(length), size, OVERSAMPLING, size, OVERSAMPLING).mean(axis=(2, 4))
    return (pixels > 0) & (pixels >= MASK_FRACTION * pixels.max(axis=(1, 2), keepdims=True))


def letter_place(hospital: Site, size: int) -> tuple[slice, slice, np.ndarray]:
    """The rows and the columns of a picture (size, size) that the hospital's letter covers, and its pixels, bool."""
    letter = np.array([list(row) for row in hospital.marker]) == "1"
    scale = max(1, round(size / 28))
    letter = np.kron(letter, np.ones((scale, scale), bool))
    top, left = (
        min(round(share * size), size - side) for share, side in zip(hospital.corner, letter.shape, strict=True)
    )
    return slice(top, top + letter.shape[0]), slice(left, left + letter.shape[1]), letter


def burn_in(image: np.ndarray, hospital: Site) -> None:
    """Write the hospital's letter into an image (size, size), as large a share of it at every size."""
    rows, columns, letter = letter_place(hospital, len(image))
    image[rows, columns][letter] = LETTER_GREY
