"""The sample exports that open projects publish, against what awk and pandas counted in them by hand.

None of them is in the repository; without the folder of real data beside the checkout nothing here runs.
"""

import pytest
from click.testing import CliRunner

from course.cli import main
from helpers.base.paths import ROOT
from helpers.datasets import load, record_counts
from helpers.datasets.series import CARBOHYDRATE, INSULIN
from helpers.lessons.forecasting.alarms import events_of

FOLDER = ROOT.parent / "shared" / "data" / "cgm_exports"
# From the files by `awk` and by pandas.read_csv with the columns picked by hand: rows that are readings (of the
# Nightscout entries: different marks of five minutes among them), days from the first to the last, minutes between
# most neighbours, unit of the heading, mean (mg/dL, one mmol/L = 18.016), what else has a glucose value and is none.
READ_BY_HAND = {
    "carelink_ipro2.csv": (1109, 3.847, 5, "mmol/L", 89.708, "22 readings of a blood glucose meter"),
    "cgmanalysis_dexcom_studio.txt": (1411, 5.062, 5, "mg/dL", 101.710, "12 calibrations"),
    "cgmanalysis_libre.csv": (1337, 13.916, 15, "mg/dL", 99.568, "nothing"),
    "cgmquantify_dexcom_g6.csv": (2148, 7.913, 5, "mg/dL", 111.897, "nothing"),
    "glu_clarity_g6.csv": (299, 1.035, 5, "mmol/L", 125.750, "nothing"),
    "glucosedao_nightscout-data-with-treatments.csv": (100, 0.347, 5, "mg/dL", 154.180, "nothing"),
    "glucosedao_nightscout_entries.csv": (915, 5.419, 5, "mg/dL", None, "nothing"),
}
HERE = [name for name in READ_BY_HAND if (FOLDER / name).is_file()]


@pytest.mark.parametrize("name", HERE)
def test_every_export_is_read_with_the_right_counts(name):
    readings, days, step, unit, mean, left_out = READ_BY_HAND[name]
    data = load(str(FOLDER / name))
    table = record_counts(data)
    assert list(data.people) == ["person 1"]
    assert table["readings"].tolist() == [readings]
    assert table["days"].iloc[0] == pytest.approx(days, abs=step / 1440)
    assert data.step_minutes == step
    assert dict(data.reading)["unit"] == unit
    assert dict(data.reading)["left out"] == left_out
    if mean is not None:
        assert table["mean (mg/dL)"].iloc[0] == pytest.approx(mean, abs=0.002)


@pytest.mark.parametrize("name", HERE)
def test_verify_says_all_of_it_and_nobody_is_named(name):
    readings, days, step, unit, _, left_out = READ_BY_HAND[name]
    shown = CliRunner().invoke(main, ["data", "verify", str(FOLDER / name)])
    assert shown.exit_code == 0
    assert f"people    1, {int(days)}." in shown.output
    assert f"{readings:,} readings in all" in shown.output
    assert f"step      a reading every {step} minutes\n" in shown.output
    assert f"unit      {unit}\n" in shown.output
    assert f"left out  {left_out}\n" in shown.output
    for personal in ("Schmoe", "Testerson", "Vigers", "1234567", "999998", "3079638", "NOT_STORED", "111111"):
        assert personal not in shown.output


@pytest.mark.skipif("cgmanalysis_libre.csv" not in HERE, reason="the real copy is not at hand")
def test_the_lows_of_a_sensor_of_fifteen_minutes():
    """By awk: the readings go below 70 thirteen times. On a grid of five minutes three were found."""
    data = load(str(FOLDER / "cgmanalysis_libre.csv"))
    assert [len(lows) for lows in events_of(data).values()] == [13]
    assert record_counts(data)[["missing", "gaps"]].to_numpy().tolist() == [[0, 0]]


@pytest.mark.skipif("carelink_ipro2.csv" not in HERE, reason="the real copy is not at hand")
def test_a_file_that_was_cut_says_so():
    notes = " ".join(load(str(FOLDER / "carelink_ipro2.csv")).notes)
    assert "Line 1208 ends in its middle, so the file is not whole" in notes


@pytest.mark.skipif("glucosedao_nightscout-data-with-treatments.csv" not in HERE, reason="the real copy is not at hand")
def test_treatments_come_with_the_readings():
    """By awk: 28 doses of 9.7 U and one meal of 24 g; the three boluses of the night lie before the first reading."""
    data = load(str(FOLDER / "glucosedao_nightscout-data-with-treatments.csv"))
    values = data.people["person 1"].values
    assert values[:, data.features.index(CARBOHYDRATE)].sum() == 24
    assert values[:, data.features.index(INSULIN)].sum() == pytest.approx(9.7 - 2 - 3.5 - 0.8, abs=0.001)
    assert any("28 entries as they were written down, 9.7 U in all" in note for note in data.notes)
