"""How many patients a validation needs, against the worked example of Riley et al. and repeated studies."""

import numpy as np
import pytest
from scipy.special import expit, logit

from helpers.evaluation import calibration_slope, observed_to_expected, patients_to_validate, two_columns
from helpers.evaluation import validation_widths as widths

# Riley et al., Stat. Med. 40:4230 (2021), mechanical heart valve failure: 1.8 % fail, c-statistic .8. For an interval
# of O:E about 1 wide 905 patients, of the c-statistic .1 wide 4,252. The spread of the risks does not enter these two.
VALVES = np.full(50, 0.018) + np.linspace(-0.001, 0.001, 50)


def test_the_worked_example_of_riley():
    needed = patients_to_validate({"O:E": 1.0, "AUC": 0.1}, VALVES, 0.8)
    assert needed["O:E"] == pytest.approx(905, abs=1)
    assert needed["AUC"] == 4252


def test_what_is_needed_reaches_the_width_and_one_patient_fewer_does_not():
    risks = expit(np.random.default_rng(1).normal(-1, 1.5, 400))
    for name, width in {"O:E": 0.2, "calibration slope": 0.3, "AUC": 0.1}.items():
        n = patients_to_validate({name: width}, risks, 0.85)[name]
        assert widths(n, risks, 0.85)[name].iloc[0] <= width < widths(n - 1, risks, 0.85)[name].iloc[0]


def test_the_widths_are_those_of_repeated_studies():
    """600 studies of 500 patients with risks that are right: the standard deviations within a tenth."""
    rng = np.random.default_rng(2)
    risks = expit(rng.normal(-1, 1.5, (600, 500)))
    ill = (rng.uniform(size=risks.shape) < risks).astype(int)
    slopes = [calibration_slope(y, two_columns(r)) for y, r in zip(ill, risks, strict=True)]
    ratios = [observed_to_expected(y, two_columns(r)) for y, r in zip(ill, risks, strict=True)]
    expected = widths(500, risks.ravel()[:20_000], 0.85).iloc[0]
    assert 2 * 1.96 * np.std(slopes) == pytest.approx(expected["calibration slope"], rel=0.1)
    # Riley's formula takes the number of the ill as random and the risks' sum as known: the risks here tell most of it
    assert 2 * 1.96 * np.std(np.log(ratios)) < expected["O:E"]
    assert logit(risks).std() == pytest.approx(1.5, abs=0.01)


def test_wider_aims_need_fewer_and_impossible_ones_are_refused():
    one, other = (patients_to_validate({"AUC": width}, VALVES, 0.8)["AUC"] for width in (0.1, 0.2))
    assert one > 3 * other
    with pytest.raises(ValueError, match="width of AUC"):
        patients_to_validate({"AUC": 0}, VALVES, 0.8)
    with pytest.raises(ValueError, match="auc"):
        widths(100, VALVES, 1.2)
    with pytest.raises(KeyError):
        patients_to_validate({"F1": 0.1}, VALVES, 0.8)
