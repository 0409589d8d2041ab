"""Electrocardiograms: WFDB records come in whole or not at all, and the simulated ones have the beats they claim."""

import shutil
from pathlib import Path

import numpy as np
import pytest
import wfdb

from helpers.base.paths import ROOT
from helpers.datasets import DataError, provenance
from helpers.datasets.series import EcgRecord
from helpers.datasets.simulators.ecg import beat_lengths, simulate_ecg
from helpers.datasets.sources.ecg import load_ecg

SHARED = ROOT.parent / "shared" / "data" / "mitdb"
REAL_COPIES = sorted(SHARED.glob("100.dat"))  # none on a machine without the folder beside the checkout


@pytest.fixture
def stored(tmp_path) -> Path:
    """A little record of two leads with five beats and a rhythm mark, as files in the WFDB format."""
    signal = np.stack([np.sin(np.arange(1000) / 20), np.cos(np.arange(1000) / 20)], axis=1)
    wfdb.wrsamp("rec", 250, ["mV", "uV"], ["I", "V1"], signal * [1, 1000], fmt=["16", "16"], write_dir=str(tmp_path))
    marks = np.array([10, 31, 157, 283, 408, 534])
    wfdb.wrann("rec", "atr", marks, list("+NNVNA"), write_dir=str(tmp_path))
    return tmp_path / "rec"


@pytest.mark.parametrize("ending", ["", ".hea", ".dat", ".atr"])
def test_a_wfdb_record_by_any_of_its_names(stored, ending):
    record = load_ecg(str(stored) + ending)
    assert (record.name, record.leads, record.rate, record.simulated) == ("rec", ("I", "V1"), 250, False)
    assert record.signal.shape == (1000, 2)
    np.testing.assert_allclose(record.signal[:, 0], np.sin(np.arange(1000) / 20), atol=1e-4)
    np.testing.assert_allclose(record.signal[:, 1], np.cos(np.arange(1000) / 20), atol=1e-4)  # was in microvolts
    assert record.beats.tolist() == [31, 157, 283, 408, 534]
    assert "".join(record.symbols) == "NNVNA"
    assert record.notes == (
        "Leads in mV, uV were converted to mV.",
        "Marks that are not beats (rhythm, noise, comments) were left out: 1.",
    )
    assert "unknown" in record.licence


def test_a_record_without_a_file_of_beats(stored):
    stored.with_suffix(".atr").unlink()
    record = load_ecg(stored)
    assert len(record.beats) == len(record.symbols) == 0
    assert record.notes[-1] == "There is no file of beats (.atr) beside the signal."


@pytest.mark.parametrize("ending", [".hea", ".dat"])
def test_a_missing_file_is_named(stored, ending):
    stored.with_suffix(ending).unlink()
    with pytest.raises(DataError, match=f"rec: expected the file rec{ending}, found none in that folder"):
        load_ecg(stored)


DAMAGE = {
    "half a signal": (".dat", lambda content: content[: len(content) // 2]),
    "an empty signal": (".dat", lambda content: b""),
    "an empty header": (".hea", lambda content: b""),
    "a header of text": (".hea", lambda content: b"once upon a time\n"),
    "a header cut short": (".hea", lambda content: content[:12]),
    "an empty file of beats": (".atr", lambda content: b""),
}


@pytest.mark.parametrize(("ending", "damage"), DAMAGE.values(), ids=DAMAGE)
def test_a_damaged_record_is_refused(stored, ending, damage):
    path = stored.with_suffix(ending)
    path.write_bytes(damage(path.read_bytes()))
    with pytest.raises(DataError, match="rec: expected "):
        load_ecg(stored)


def test_a_lead_that_is_no_voltage_is_refused(tmp_path):
    wfdb.wrsamp("rec", 250, ["mmHg"], ["ABP"], np.zeros((50, 1)) + 80, fmt=["16"], write_dir=str(tmp_path))
    with pytest.raises(DataError, match="rec: expected leads in mV, uV or V, found one in mmHg"):
        load_ecg(tmp_path / "rec")


@pytest.mark.parametrize("path", REAL_COPIES, ids=lambda path: path.name)
def test_record_100_of_mit_bih(path):
    record = load_ecg(path)
    assert record.signal.shape == (650_000, 2)
    assert (record.leads, record.rate) == (("MLII", "V5"), 360)
    symbols, counts = np.unique(record.symbols, return_counts=True)
    assert dict(zip(symbols.tolist(), counts.tolist(), strict=True)) == {"A": 33, "N": 2239, "V": 1}
    assert record.signal[0].tolist() == pytest.approx([(995 - 1024) / 200, (1011 - 1024) / 200])
    assert "real patients" in provenance(record)
    assert record.licence == "ODC-BY 1.0"
    assert record.title == "MIT-BIH Arrhythmia Database (electrocardiograms), record 100"
    assert "physionet.org" in record.source


@pytest.mark.parametrize("path", REAL_COPIES, ids=lambda path: path.name)
def test_a_changed_copy_of_record_100_is_not_taken_for_it(path, tmp_path):
    for ending in (".hea", ".dat", ".atr"):
        shutil.copyfile(path.with_suffix(ending), tmp_path / f"100{ending}")
    content = bytearray((tmp_path / "100.dat").read_bytes())
    content[5000] ^= 1
    (tmp_path / "100.dat").write_bytes(content)
    assert "unknown" in load_ecg(tmp_path / "100").licence


def test_a_record_of_the_database_by_name_is_fetched(stored, monkeypatch):
    asked = []
    monkeypatch.setattr("helpers.datasets.sources.ecg.fetch_record", lambda record: asked.append(record) or stored)
    assert load_ecg("mitdb/100").leads == ("I", "V1")
    assert asked == ["100"]


def rr(record: EcgRecord) -> np.ndarray:
    return np.diff(record.beats) / record.rate


@pytest.mark.parametrize("rate", [100, 250, 360, 1000])
@pytest.mark.parametrize("heart_rate", [45, 60, 110])
def test_the_heart_beats_as_often_as_asked(rate, heart_rate):
    record = simulate_ecg(120, rate, heart_rate=heart_rate)
    assert record.signal.shape == (120 * rate, 1)
    assert len(record.beats) == pytest.approx(2 * heart_rate, abs=1.01)
    assert rr(record).mean() == pytest.approx(60 / heart_rate, rel=0.005)


@pytest.mark.parametrize("hrv", [0.0, 0.02, 0.08])
def test_the_time_between_beats_varies_as_much_as_asked(hrv):
    deviations = [rr(simulate_ecg(300, hrv=hrv, noise=0, seed=seed)).std() for seed in range(5)]
    assert np.mean(deviations) == pytest.approx(hrv, rel=0.05, abs=0.0015)


def test_beat_lengths_have_the_mean_and_the_deviation_exactly():
    lengths = beat_lengths(300, 0.8, 0.05, np.random.default_rng(1))
    assert lengths.shape == (300,)
    assert lengths.mean() == pytest.approx(0.8)
    assert lengths.std() == pytest.approx(0.05)
    assert beat_lengths(1, 0.8, 0.05, np.random.default_rng(1)).tolist() == [0.8]


def test_beat_lengths_swing_with_blood_pressure_and_twice_as_much_with_breath():
    power = np.zeros(513)
    for seed in range(20):
        lengths = beat_lengths(1024, 0.8, 0.05, np.random.default_rng(seed))
        power += np.abs(np.fft.rfft(lengths - lengths.mean())) ** 2
    frequency = np.fft.rfftfreq(1024, 0.8)
    slow, fast = ((frequency > low) & (frequency < high) for low, high in ((0.05, 0.15), (0.2, 0.3)))
    assert (power[slow].sum() + power[fast].sum()) / power.sum() > 0.99
    assert power[slow].sum() / power[fast].sum() == pytest.approx(0.5, rel=0.05)


def test_beats_are_the_tops_of_the_r_waves():
    record = simulate_ecg(60, noise=0)
    signal = record.signal[:, 0]
    for beat in record.beats[1:-1]:
        around = signal[beat - 100 : beat + 101]
        assert around.argmax() == 100
        assert 0.8 < signal[beat] < 1.5


def test_p_q_r_s_and_t_follow_each_other_at_their_angles():
    """With even beats of one second: each wave's top or bottom lies near the angle of the paper's table."""
    record = simulate_ecg(30, 1000, heart_rate=60, hrv=0, noise=0)
    beats = record.beats[3:20]
    mean = np.mean([record.signal[beat - 400 : beat + 600, 0] for beat in beats], axis=0)
    places = {
        "P": mean[:340].argmax() - 400,
        "Q": 300 + mean[300:400].argmin() - 400,
        "S": mean[400:500].argmin(),
        "T": 100 + mean[500:900].argmax(),
    }
    assert places["P"] < places["Q"] < 0 < places["S"] < places["T"]
    for wave, degrees in {"P": -60, "Q": -15, "S": 15, "T": 90}.items():
        assert places[wave] == pytest.approx(1000 * degrees / 360, abs=30), wave
    height = {wave: mean[place + 400] for wave, place in places.items()}
    assert height["Q"] < 0.1 < height["P"] < height["T"] < 0.8 < mean[400]
    assert height["S"] < 0


def test_the_baseline_follows_the_breath():
    still = simulate_ecg(64, hrv=0, noise=0).signal[:, 0]
    power = np.abs(np.fft.rfft(still - still.mean()))
    frequency = np.fft.rfftfreq(len(still), 1 / 360)
    slow = (frequency > 0) & (frequency < 0.9)
    assert frequency[slow][power[slow].argmax()] == pytest.approx(0.25, abs=0.01)
    amplitude = 2 * power[slow].max() / len(still)
    assert amplitude == pytest.approx(0.15 / np.sqrt(1 + (2 * np.pi * 0.25) ** 2), rel=0.02)


def test_noise_is_added_and_moves_no_beat():
    clean, noisy = (simulate_ecg(60, noise=noise, seed=4) for noise in (0, 0.1))
    assert np.std(noisy.signal - clean.signal) == pytest.approx(0.1, rel=0.03)
    np.testing.assert_array_equal(clean.beats, noisy.beats)


def test_the_same_seed_gives_the_same_bits():
    one, two, other = (simulate_ecg(20, seed=seed) for seed in (5, 5, 6))
    assert one.signal.tobytes() == two.signal.tobytes()
    assert one.beats.tolist() == two.beats.tolist()
    assert one.signal.tobytes() != other.signal.tobytes()
    assert one.beats.tolist() != other.beats.tolist()


def test_it_says_that_it_is_simulated():
    record = simulate_ecg(2)
    assert record.simulated
    assert "McSharry" in record.citation
    assert "seed 1" in record.source
    assert "origin    simulated" in provenance(record)


@pytest.mark.parametrize(
    ("arguments", "fault"),
    [
        ({"seconds": 0.5}, "seconds: expected a number from 1 to 3600, got 0.5"),
        ({"rate": 50}, "rate: expected a whole number from 100 to 2000, got 50"),
        ({"heart_rate": 300}, "heart_rate: expected a number from 30 to 200, got 300"),
        ({"hrv": 0.3}, "hrv: expected a number from 0 to 0.2, got 0.3"),
        ({"noise": -1}, "noise: expected a number from 0 to 2, got -1"),
        ({"seed": -1}, "seed: expected a whole number from 0"),
    ],
)
def test_arguments_out_of_range_are_refused(arguments, fault):
    with pytest.raises(ValueError, match=fault):
        simulate_ecg(**{"seconds": 10} | arguments)
