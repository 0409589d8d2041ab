"""Segments that differ in size alone, or in shape alone, are told apart by that and not by the other."""

import numpy as np
import pandas as pd

from helpers.datasets.eeg import EegDataset
from helpers.lessons.biosignals import bonn


def made(groups):
    """20 segments of a second for each group: (size, frequency in Hz of a tone in noise)."""
    rng, time = np.random.default_rng(1), np.arange(256) / 256
    names = ["Z", "O", "N", "F", "S"]
    signal = [
        size * (2 * np.sin(2 * np.pi * (tone * time + rng.random())) + rng.normal(size=256))
        for size, tone in (groups.get(name, (1, 10)) for name in names)
        for _ in range(20)
    ]
    return EegDataset(
        name="made",
        title="made up",
        signal=np.array(signal, np.float32),
        groups=np.repeat(names, 20),
        names=np.arange(100).astype(str),
        rate=256.0,
        unit="µV",
        group_table=pd.DataFrame({"state": names}, index=names),
        simulated=True,
        source="here",
        licence="none",
        citation="none",
        patients_known=False,
    )


def test_size_and_shape_are_asked_apart():
    table = bonn.accuracies(made({"S": (5, 10), "F": (1, 6)}))
    assert table.loc["Z against S", "size alone"].estimate > 0.95
    assert table.loc["Z against S", "shape alone"].estimate < 0.75
    assert table.loc["Z against F", "shape alone"].estimate > 0.9
    assert table.loc["Z against O", "size alone"].estimate < 0.75
