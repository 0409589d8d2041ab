"""What happens to X-rays between the tube and the screen: attenuation, blur, photon counting, display."""

from __future__ import annotations

from collections.abc import Mapping

import numpy as np

# Mass attenuation coefficients at 60 keV (cm^2/g) times density (g/cm^3): linear attenuation in cm^-1.
# Coefficients: NIST, Tables of X-Ray Mass Attenuation Coefficients, table 4, compositions of ICRU Report 44 (1989).
# Densities: the same table, except the lung, which NIST lists without its air (1.05); inflated it has 0.26 (ICRU 44).
ATTENUATION = {
    "soft": 0.2048 * 1.06,
    "lung": 0.2053 * 0.26,
    "bone": 0.3148 * 1.92,
}
# Photons per cm^2 that reach the detector beside the patient, at dose 1. A real detector counts some 10^7: so many
# that a picture of 28 x 28 pixels shows no noise at all. This course counts fewer, so that dose has something to teach.
PHOTONS_PER_CM2 = 40_000.0


def optical_depth(lengths: Mapping[str, np.ndarray]) -> np.ndarray:
    """The exponent of Beer-Lambert's law, the sum of μ L over the tissues that the beam passes.

    lengths: tissue ("soft", "lung" or "bone") to the path length L through it in cm, arrays of one shape.
    Returns an array of that shape, without unit: the fraction exp(-depth) of the photons gets through.
    Coefficients μ in cm^-1 at 60 keV from NIST's tables (see ATTENUATION). Raises KeyError for another tissue.

    >>> round(float(np.exp(-optical_depth({"soft": np.array(10.0)}))), 3)   # ten centimetres of soft tissue
    0.114

    Taught in notebooks/02_cnn_imaging.ipynb, section 1.
    """
    return sum(np.float32(ATTENUATION[tissue]) * length for tissue, length in lengths.items())


def detector_matrix(size: int, oversampling: int, blur: float) -> np.ndarray:
    """How each of `size` detector pixels sums the beam along one axis: a Gaussian blur, then the pixel's own width.

    blur: standard deviation in pixels. Returns float32 of shape (size, size * oversampling); every row adds up to 1.
    The response is separable, so a picture P of the finely sampled beam becomes M @ P @ M.T.
    Taught in notebooks/02_cnn_imaging.ipynb, section 1.
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
    Taught in notebooks/02_cnn_imaging.ipynb, section 1.
    """
    if np.isinf(photons):
        return fraction
    return (rng.poisson(fraction * photons) / photons).astype(np.float32)


def display(share: np.ndarray, centre: np.ndarray, width: np.ndarray) -> np.ndarray:
    """Grey values as a radiograph is read: the logarithm turned round, so that what stops the beam is bright.

    share: counted share of the beam. centre: the optical depth shown as middle grey. width: how far black and white
    lie apart, roughly, in optical depth. Returns uint8 of the shape of `share`; a pixel that counted nothing is white.
    The curve is the sigmoid window of the DICOM standard, PS3.3 C.11.2.1.3.1: 255 / (1 + exp(-4 (depth - c) / w)).
    Taught in notebooks/02_cnn_imaging.ipynb, section 1.
    """
    depth = -np.log(np.maximum(share, np.float32(1e-6)))
    return np.rint(255 / (1 + np.exp(-4 * (depth - centre) / width))).astype(np.uint8)
