"""A folder of one's own records: read, divided by record, and refused in words."""

import numpy as np
import pytest
import wfdb

from helpers.datasets import DataError
from helpers.datasets.simulators.biosignals.ecg_rhythms import Heart, trace
from helpers.datasets.sources.recordings.own_ecg import load_own_beats


def write(folder, name, rate=250, seed=1):
    record = trace(Heart(ventricular=0.1), 20, rate, seed=seed).record
    wfdb.wrsamp(
        name,
        fs=rate,
        units=["mV", "mV"],
        sig_name=list(record.leads),
        p_signal=record.signal.astype(float),
        fmt=["16", "16"],
        write_dir=str(folder),
    )
    wfdb.wrann(name, "atr", record.beats, symbol=record.symbols.tolist(), write_dir=str(folder))


def test_records_of_a_folder_become_three_splits(tmp_path):
    for k in range(7):
        write(tmp_path, f"r{k}", seed=k)
    data = load_own_beats(str(tmp_path), seed=1)
    assert data.rate == 250
    assert sorted({record for _, rows in data.splits() for record in rows.records}) == [f"r{k}" for k in range(7)]
    assert not set(data.train.records) & set(data.test.records)
    assert data.train.signal.shape[1] == round(0.25 * 250) + round(0.4 * 250)
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
