"""A folder of one's own records: read, divided by record, and refused in words."""

import numpy as np
import pytest
import wfdb

from helpers.datasets import DataError
from helpers.datasets.simulators.biosignals.ecg_rhythms import Heart, trace
from helpers.datasets.sources.recordings.own_ecg import load_own_beats
from helpers.lessons.biosignals.intervals import by_record


def write(folder, name, rate=250, seed=1, *, leads=2, unit="mV", per_mv=1.0, change=None, beats=None, symbols=None):
    """A record of 20 s with beats of all three kinds. change: takes the signal (n, leads) and alters it."""
    record = trace(Heart(ventricular=0.1, atrial=0.1), 20, rate, seed=seed).record
    signal = per_mv * record.signal[:, :leads].astype(float)
    if change:
        change(signal)
    names = list(record.leads[:leads])
    kinds = record.symbols.tolist() if symbols is None else symbols
    wfdb.wrsamp(
        name,
        fs=rate,
        units=[unit] * leads,
        sig_name=names,
        p_signal=signal,
        fmt=["16"] * leads,
        write_dir=str(folder),
    )
    wfdb.wrann(name, "atr", np.array(record.beats if beats is None else beats), symbol=kinds, write_dir=str(folder))


def flat(signal):
    signal[:, 0] = 0.25


def gap(signal):
    signal[500:1200, 0] = np.nan


def test_records_of_a_folder_become_three_splits(tmp_path):
    for k in range(7):
        write(tmp_path, f"r{k}", seed=k)
    data = load_own_beats(str(tmp_path), seed=1)
    assert data.rate == 250
    assert sorted({record for _, rows in data.splits() for record in rows.records}) == [f"r{k}" for k in range(7)]
    assert not set(data.train.records) & set(data.test.records)
    assert data.train.signal.shape[1] == round(0.25 * 250) + round(0.4 * 250)
    by_header = load_own_beats(str(tmp_path / "r2.hea"), seed=1)
    assert by_header.name == data.name
    assert np.array_equal(by_header.test.signal, data.test.signal)
    usual = np.median(data.test.signal[data.test.labels == 0, :, 0], axis=0)
    assert abs(int(usual.argmax()) - data.before) <= 3


def test_too_few_records_are_refused(tmp_path):
    write(tmp_path, "alone")
    with pytest.raises(DataError, match="6 or more"):
        load_own_beats(str(tmp_path))


def test_records_of_several_rates_are_refused(tmp_path):
    for k in range(6):
        write(tmp_path, f"r{k}", rate=250 if k else 360)
    with pytest.raises(DataError, match="one sampling rate"):
        load_own_beats(str(tmp_path))


def test_one_lead_in_microvolts_is_read_as_the_same_in_millivolts(tmp_path):
    for folder, made in (("one", {}), ("other", {"leads": 1, "unit": "uV", "per_mv": 1000})):
        (tmp_path / folder).mkdir()
        for k in range(7):
            write(tmp_path / folder, f"r{k}", seed=k, **made)
    one, other = (load_own_beats(str(tmp_path / folder)) for folder in ("one", "other"))
    assert np.allclose(one.test.signal, other.test.signal, atol=0.001)


def test_beats_in_a_gap_are_left_out_and_counted(tmp_path):
    for k in range(7):
        write(tmp_path, f"r{k}", seed=k, change=gap if k == 3 else None)
    data = load_own_beats(str(tmp_path))
    assert all(np.isfinite(rows.signal).all() for _, rows in data.splits())
    assert int(data.notes[-1].removesuffix(".").split()[-1]) > 2


@pytest.mark.parametrize("annotated", [True, False], ids=["the annotator knew the beats", "nobody did"])
def test_a_gap_is_no_pause_of_the_heart(tmp_path, annotated):
    """A beat a second, and a gap of three: no RR interval is much longer than the usual one."""
    beats = np.arange(125, 4900, 250)
    beats = beats[annotated | (beats < 500) | (beats >= 1200)]
    for k in range(6):
        write(tmp_path, f"r{k}", beats=beats, symbols=list("NNSV" * 3 + "N" * (len(beats) - 12)), change=gap)
    for _, rows in load_own_beats(str(tmp_path)).splits():
        assert set(rows.stretches) == {0, 1}
        apart = np.exp(by_record(rows, 250)[:, :2])
        assert apart.min() > 0.9
        assert apart.max() < 1.5


@pytest.mark.parametrize(
    ("made", "fault"),
    [
        ({"change": flat}, r"r3: expected a first lead \(I\w*\) whose voltage changes, found the same voltage"),
        ({"beats": [400], "symbols": ["N"]}, "r3: expected two or more beats .*, found 1, of 1 annotated"),
        ({"beats": [400, 1400], "symbols": ["N", "N"], "change": gap}, "r3: .* found 2, of 2 .*, no two without a gap"),
        ({"beats": [400], "symbols": ["+"]}, "r3: expected two or more beats .*, found 0, of 0 annotated"),
        ({"unit": "mmHg"}, "r3: expected leads in mV, uV or V, found one in mmHg"),
    ],
)
def test_a_record_that_cannot_be_used_is_named(tmp_path, made, fault):
    for k in range(6):
        write(tmp_path, f"r{k}", seed=k, **(made if k == 3 else {}))
    with pytest.raises(DataError, match=fault):
        load_own_beats(str(tmp_path))


def test_records_without_annotations_are_counted(tmp_path):
    for k in range(7):
        write(tmp_path, f"r{k}", seed=k)
    for k in range(2):
        (tmp_path / f"r{k}.atr").unlink()
    with pytest.raises(DataError, match="found 5, and 2 records without annotations"):
        load_own_beats(str(tmp_path))


def test_a_kind_that_nobody_has_is_named(tmp_path):
    for k in range(6):
        write(tmp_path, f"r{k}", seed=k, beats=np.arange(200, 4800, 200), symbols=["N"] * 22 + ["V"])
    with pytest.raises(DataError, match="found no supraventricular beat in the 4 records to learn from"):
        load_own_beats(str(tmp_path))
