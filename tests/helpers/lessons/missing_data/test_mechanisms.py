"""Gaps come as often as asked, and depend on what they should and on nothing else."""

import numpy as np
import pytest
from scipy import stats

from helpers.lessons.missing_data.mechanisms import GAP, MECHANISMS, SIGN, chances, gone_minus_seen, hide


@pytest.fixture
def table():
    rng = np.random.default_rng(3)
    features = rng.normal(size=(20_000, 4))
    features[:, SIGN] = 0.5 * features[:, GAP] + rng.normal(size=20_000)
    return features


@pytest.mark.parametrize("share", [0.05, 0.4, 0.95])
def test_chances_have_the_share_asked_for_and_rise_with_the_score(share):
    score = np.array([-3.0, 0.0, 0.1, 8.0])
    found = chances(score, share)
    assert found.mean() == pytest.approx(share)
    assert (np.diff(found) > 0).all()
    assert chances(score + 5, share) == pytest.approx(found)


@pytest.mark.parametrize("share", [0, 1, -0.1, np.nan])
def test_no_share_is_refused(share):
    with pytest.raises(ValueError, match="above 0 and below 1"):
        chances(np.zeros(3), share)


@pytest.mark.parametrize("mechanism", MECHANISMS)
def test_only_one_column_gets_gaps_as_many_as_asked(table, mechanism):
    holed = hide(table, mechanism, 0.3, np.random.default_rng(1))
    assert np.isnan(holed[:, GAP]).mean() == pytest.approx(0.3, abs=0.01)
    assert np.array_equal(holed[:, 1:], table[:, 1:])
    seen = ~np.isnan(holed[:, GAP])
    assert np.array_equal(holed[seen], table[seen])


def test_a_mechanism_depends_on_its_own_column_alone(table):
    """At random: no difference of the hidden value is left among rows of one sign; not at random there is."""
    residual = table[:, GAP] - np.polyval(np.polyfit(table[:, SIGN], table[:, GAP], 1), table[:, SIGN])

    def gap_minus_seen(mechanism):
        gone = np.isnan(hide(table, mechanism, 0.4, np.random.default_rng(2))[:, GAP])
        return residual[gone].mean() - residual[~gone].mean(), table[gone, SIGN].mean() - table[~gone, SIGN].mean()

    (mcar, mcar_sign), (mar, mar_sign), (mnar, _) = (gap_minus_seen(mechanism) for mechanism in MECHANISMS)
    assert abs(mcar) < 0.05
    assert abs(mcar_sign) < 0.05
    assert abs(mar) < 0.05
    assert mar_sign > 0.8
    assert mnar > 0.5


def test_another_mechanism_is_refused(table):
    with pytest.raises(ValueError, match="expected one of completely at random"):
        hide(table, "MCAR", 0.3, np.random.default_rng(1))


def test_a_difference_between_gone_and_seen_has_the_interval_of_welch():
    values = np.array([1.0, 2.0, 3.0, 4.0, 10.0, 12.0])
    gone = np.array([False, False, False, False, True, True])
    found = gone_minus_seen(values, gone)
    assert found.estimate == pytest.approx(8.5)
    error = np.sqrt(values[gone].var(ddof=1) / 2 + values[~gone].var(ddof=1) / 4)
    freedom = error**4 / ((values[gone].var(ddof=1) / 2) ** 2 + (values[~gone].var(ddof=1) / 4) ** 2 / 3)
    assert found.high - found.estimate == pytest.approx(error * stats.t.ppf(0.975, freedom))
    assert found.low + found.high == pytest.approx(2 * 8.5)
