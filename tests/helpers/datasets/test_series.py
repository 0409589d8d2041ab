"""The contract of records in time: what it refuses, keeps and counts."""

import numpy as np
import pytest

from helpers.datasets import DataError, Record, SeriesDataset, provenance, record_counts
from helpers.datasets.series import GLUCOSE, TIME_OF_DAY, EcgRecord, day_features


def record(glucose, *, start="2024-01-01T22:00", step=5) -> Record:
    time = np.datetime64(start, "s") + np.arange(len(glucose)) * np.timedelta64(step, "m").astype("timedelta64[s]")
    values = np.column_stack([np.array(glucose, np.float32), day_features(time)])
    return Record(time, values)


def dataset(**changes) -> SeriesDataset:
    parts = {
        "name": "little",
        "title": "A little set",
        "people": {"one": record([100, 110, np.nan, 130]), "two": record([60, 200])},
        "features": (GLUCOSE, *TIME_OF_DAY),
        "step_minutes": 5,
        "simulated": True,
        "source": "this test",
        "licence": "MIT",
        "citation": "none needed",
    }
    return SeriesDataset(**parts | changes)


def changed(**parts) -> dict:
    """A data set of one person whose record has these parts."""
    whole = record([100, 110, 120])
    return {"people": {"one": Record(**{"time": whole.time, "values": whole.values} | parts)}}


LATE = record([100, 110, 120]).time + np.array([0, 0, 60], "timedelta64[s]")
REFUSED = {
    "no feature": ({"features": ()}, "one or more features"),
    "a feature twice": ({"features": (GLUCOSE, GLUCOSE, "x")}, "each named once"),
    "no step": ({"step_minutes": 0}, "a step of a whole number of minutes, found 0"),
    "half a step": ({"step_minutes": 2.5}, "a step of a whole number of minutes"),
    "nobody": ({"people": {}}, "the record of at least one person, found none"),
    "time in minutes": (changed(time=record([1, 2, 3]).time.astype("datetime64[m]")), "times of one as datetime64"),
    "time as text": (changed(time=np.array(["a", "b", "c"])), "times of one as datetime64"),
    "doubles": (changed(values=np.ones((3, 3))), "values of one as float32 of shape (3, 3), found float64"),
    "a feature short": (changed(values=np.ones((3, 2), np.float32)), "of shape (3, 3), found float32 (3, 2)"),
    "a row short": (changed(values=np.ones((2, 3), np.float32)), "of shape (3, 3), found float32 (2, 3)"),
    "a minute late": (changed(time=LATE), "rows of one every 5 minutes without exception"),
    "back in time": (changed(time=record([1, 2, 3]).time[::-1]), "rows of one every 5 minutes"),
    "the same time": (changed(time=np.repeat(LATE[:1], 3)), "rows of one every 5 minutes"),
    "no time": (changed(time=np.array(["NaT"] * 3, "datetime64[s]")), "rows of one every 5 minutes"),
    "another step": ({"step_minutes": 15}, "rows of one every 15 minutes"),
    "infinite": (changed(values=np.full((3, 3), np.inf, np.float32)), "finite values of one"),
    "never measured": (
        {"people": {"ann": record([np.nan] * 3)}},
        "at least one value of glucose (mg/dL) of ann, found",
    ),
    "no row": ({"people": {"ann": record([])}}, "at least one value of glucose (mg/dL) of ann, found none"),
}


@pytest.mark.parametrize(("changes", "fault"), REFUSED.values(), ids=REFUSED)
def test_refused_naming_the_set_and_the_fault(changes, fault):
    with pytest.raises(DataError) as caught:
        dataset(**changes)
    assert str(caught.value).startswith("little: expected ")
    assert fault in str(caught.value)


def test_arrays_fields_and_people_are_read_only():
    data = dataset()
    for array in (data.people["one"].time, data.people["one"].values):
        with pytest.raises(ValueError, match="read-only"):
            array[0] = array[1]
    with pytest.raises(AttributeError):
        data.people["one"].values = None
    with pytest.raises(AttributeError):
        data.people = {}
    with pytest.raises(TypeError):
        data.people["three"] = data.people["one"]


def test_the_callers_dictionary_stays_the_callers():
    people = {"one": record([100])}
    data = dataset(people=people)
    people["two"] = record([100])
    assert list(data.people) == ["one"]


def test_only_keeps_these_people_in_the_order_of_the_data():
    data = dataset(people={name: record([100]) for name in "cab"})
    assert list(data.only(["b", "c"]).people) == ["c", "b"]
    assert data.only({"a"}).people["a"] is data.people["a"]
    with pytest.raises(ValueError, match=r"people: expected some of \['c', 'a', 'b'\], got \['z'\]"):
        data.only(["a", "z"])
    with pytest.raises(DataError, match="at least one person"):
        data.only([])


def test_rows_are_a_stretch_of_both_arrays():
    part = record([1, 2, 3, 4]).rows(slice(1, 3))
    assert len(part) == 2
    assert part.values[:, 0].tolist() == [2, 3]
    assert part.time.astype(str).tolist() == ["2024-01-01T22:05:00", "2024-01-01T22:10:00"]


def test_the_time_of_day_is_a_place_on_a_circle():
    hours = np.datetime64("2024-02-29T00:00:00") + np.arange(48) * np.timedelta64(3600, "s")
    sine, cosine = day_features(hours).T
    np.testing.assert_allclose(sine**2 + cosine**2, 1, atol=1e-6)
    np.testing.assert_allclose(
        np.arctan2(sine, cosine) % (2 * np.pi) * 24 / (2 * np.pi) % 24, np.arange(48) % 24, atol=1e-4
    )
    np.testing.assert_array_equal(day_features(hours)[:24], day_features(hours)[24:])


def test_counts_days_readings_and_gaps():
    nan = np.nan
    glucose = [nan, 60, 70, 180, 181, nan, nan, 250, nan, nan, nan, 100, nan]
    table = record_counts(dataset(people={"ann": record(glucose), "bob": record([100])}))
    ann = table.loc["ann"]
    assert ann["days"] == pytest.approx(10 * 5 / 1440)
    assert ann["readings"] == 6
    assert ann["missing"] == pytest.approx(5 / 11)
    assert ann["gaps"] == 1  # fifteen minutes apart is no gap, twenty is
    assert ann["longest gap (h)"] == pytest.approx(1 / 3)
    assert ann["mean (mg/dL)"] == pytest.approx((60 + 70 + 180 + 181 + 250 + 100) / 6)
    assert ann["below 70"] == pytest.approx(1 / 6)
    assert ann["above 180"] == pytest.approx(2 / 6)
    assert table.loc["bob", ["days", "readings", "missing", "gaps"]].tolist() == [0, 1, 0, 0]


def test_counts_of_another_series_have_no_column_about_glucose():
    table = record_counts(dataset(features=("pulse (1/min)", *TIME_OF_DAY)))
    assert table.columns.tolist() == ["days", "readings", "missing", "gaps", "longest gap (h)"]


def test_provenance_says_what_was_put_right():
    text = provenance(dataset(notes=("Rows were sorted.", "A mark was left out.")))
    assert "origin    simulated" in text
    assert "patients  2, each with a record of their own" in text
    assert text.endswith("mind      Rows were sorted.\nmind      A mark was left out.")
    assert "mind" not in provenance(dataset(simulated=False))
    assert "real patients" in provenance(dataset(simulated=False))


def ecg_parts(**changes) -> dict:
    return {
        "name": "little",
        "title": "Little",
        "signal": np.zeros((100, 1), np.float32),
        "leads": ("I",),
        "rate": 250.0,
        "beats": np.array([3, 50]),
        "symbols": np.array(["N", "V"]),
        "simulated": True,
        "source": "this test",
        "licence": "MIT",
        "citation": "none",
    } | changes


REFUSED_ECG = {
    "doubles": ({"signal": np.zeros((100, 1))}, "a signal as float32 of shape (n, 1), found float64 (100, 1)"),
    "no lead axis": ({"signal": np.zeros(100, np.float32)}, "a signal as float32 of shape (n, 1)"),
    "a lead too few": ({"leads": ("I", "II")}, "a signal as float32 of shape (n, 2), found float32 (100, 1)"),
    "no sample": ({"signal": np.zeros((0, 1), np.float32)}, "at least one sample"),
    "no rate": ({"rate": 0.0}, "a sampling rate above 0"),
    "a symbol too few": ({"symbols": np.array(["N"])}, "as many symbols as beats"),
    "beats between samples": ({"beats": np.array([3.5, 50])}, "as many symbols as beats, int64, found float64"),
    "beats back in time": ({"beats": np.array([50, 3])}, "beats in ascending order within 100 samples"),
    "a beat twice": ({"beats": np.array([3, 3])}, "beats in ascending order"),
    "a beat after the end": ({"beats": np.array([3, 100])}, "beats in ascending order"),
    "a beat before the start": ({"beats": np.array([-1, 3])}, "beats in ascending order"),
}


@pytest.mark.parametrize(("changes", "fault"), REFUSED_ECG.values(), ids=REFUSED_ECG)
def test_an_electrocardiogram_that_contradicts_itself_is_refused(changes, fault):
    with pytest.raises(DataError) as caught:
        EcgRecord(**ecg_parts(**changes))
    assert str(caught.value).startswith("little: expected ")
    assert fault in str(caught.value)


def test_an_electrocardiogram_is_read_only():
    record = EcgRecord(**ecg_parts())
    for array in (record.signal, record.beats, record.symbols):
        with pytest.raises(ValueError, match="read-only"):
            array[0] = array[1]
    assert record.seconds[[0, -1]].tolist() == [0, 99 / 250]
