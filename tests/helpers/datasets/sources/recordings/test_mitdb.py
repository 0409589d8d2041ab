"""MIT-BIH as beats: classes by the standard, no person on both sides, and on the real records every beat there is."""

import struct
import tarfile
from collections import Counter
from dataclasses import replace

import numpy as np
import pytest
from sample_tables import SHARED

from helpers.datasets import DataError, counts, load, provenance
from helpers.datasets.beats import AAMI, BeatDataset, aami_classes
from helpers.datasets.series import EcgRecord
from helpers.datasets.sources.recordings import mitdb
from helpers.datasets.sources.recordings.mitdb import age_and_sex, cut_beats, load_mitdb
from helpers.lessons.biosignals import aami
from helpers.lessons.biosignals.sources import SHARES
from helpers.plots import dataset_figure

RATE = 360
ARCHIVES = sorted(SHARED.glob("mitdb.tar.xz"))  # none on a machine without the real copies


def ecg(leads=("MLII", "V1"), beats=(50, 400, 800, 1180), symbols="NVA/") -> EcgRecord:
    """1,200 samples; each lead's value is its number and the sample's, so that a window says where it was cut."""
    signal = np.arange(1200)[:, np.newaxis] + 10_000 * np.arange(len(leads))
    return EcgRecord(
        name="made up",
        title="made up",
        simulated=False,
        patients_known=True,
        source="this test",
        licence="MIT",
        citation="none",
        signal=signal.astype(np.float32),
        leads=leads,
        rate=float(RATE),
        beats=np.array(beats, np.int64),
        symbols=np.array(list(symbols), str),
    )


def test_every_symbol_of_a_beat_has_one_class():
    assert [list(AAMI)[k] for k in aami_classes(np.array(list("NLRej AaJS VE F /fQ".replace(" ", ""))))] == (
        ["normal"] * 5 + ["supraventricular"] * 4 + ["ventricular"] * 2 + ["fusion"] + ["unknown"] * 3
    )
    with pytest.raises(ValueError, match=r"symbols: expected those of beats, .*, got '~'"):
        aami_classes(np.array(["N", "~"]))


def test_windows_lie_around_the_beats_and_those_at_an_end_are_counted():
    split, lost = cut_beats(ecg(), "202", 0.25, 0.4)
    assert lost == 2
    assert split.at.tolist() == [400, 800]
    assert split.labels.tolist() == [2, 1]
    assert split.signal.shape == (2, 90 + 144, 1)
    assert split.signal[:, 90, 0].tolist() == [400, 800]  # the beat itself
    assert (split.signal[0, 0, 0], split.signal[0, -1, 0]) == (310, 543)
    assert (split.patients[0], split.records[0]) == ("201", "202")


def test_the_lead_is_chosen_by_its_name_not_its_place():
    split, _ = cut_beats(ecg(leads=("V5", "MLII")), "114", 0.25, 0.4)
    assert split.signal[0, 90, 0] == 10_400
    with pytest.raises(DataError, match="record 102: expected lead MLII, found V5, V2"):
        cut_beats(ecg(leads=("V5", "V2")), "102", 0.25, 0.4)


def test_the_published_halves_are_whole_and_share_one_person():
    everything = {*mitdb.DS1, *mitdb.DS2, *mitdb.PACED}
    assert everything == set(mitdb.records())
    assert len(mitdb.DS1) == len(mitdb.DS2) == 22
    shared = {mitdb.person(one) for one in mitdb.DS1} & {mitdb.person(one) for one in mitdb.DS2}
    assert shared == {"201"}


@pytest.fixture
def made_up(monkeypatch):
    asked = []
    monkeypatch.setattr(mitdb, "read_record", lambda record: asked.append(record) or ecg())
    return asked


@pytest.mark.parametrize("seed", [1, 2])
def test_nobody_is_learned_from_and_tested_on(made_up, seed):
    data = load_mitdb(seed=seed)
    people = {split: set(rows.patients) for split, rows in data.splits()}
    assert not people["train"] & people["test"]
    assert "201" not in set(data.train.records) | set(data.validation.records)
    assert set(data.test.records) == set(mitdb.DS2)
    assert [len(people[split]) for split in ("train", "validation", "test")] == [16, 5, 22]
    assert sorted(made_up) == sorted({*mitdb.DS1, *mitdb.DS2} - {"201"})
    assert "record 201 (its person is tested on, record 202), and 86 beats at the ends" in data.notes[-1]
    assert counts(data).loc["test", ["supraventricular", "ventricular"]].tolist() == [22, 22]


def test_another_seed_holds_out_other_people(made_up):
    assert set(load_mitdb(seed=1).validation.records) != set(load_mitdb(seed=2).validation.records)


def test_the_published_halves_as_they_are_would_be_refused(made_up):
    data = load_mitdb()
    leak, _ = cut_beats(ecg(), "201", 0.25, 0.4)
    with pytest.raises(DataError, match=r"mitdb: expected no patient in both train and test, found 1 shared, .* 201"):
        replace(data, train=leak)


def test_arguments_and_records_that_make_no_sense(made_up):
    with pytest.raises(ValueError, match=r"before: expected a number from 0.05 to 2, got 0"):
        load_mitdb(before=0)


def test_a_record_that_there_is_not():
    with pytest.raises(ValueError, match=r"record: expected one of 100, 101, .*, got '110'"):
        mitdb.read_record("110")


def test_the_contract_refuses_parts_that_contradict_each_other(made_up):
    data = load_mitdb()
    rows = data.validation
    wrong = replace(rows, signal=rows.signal[:, :-1])
    with pytest.raises(DataError, match=r"validation signal as float32 of shape \(n, 234, 1\)"):
        replace(data, validation=wrong)


def test_the_beats_are_drawn(made_up):
    picture = dataset_figure(load_mitdb())
    assert picture.alt.startswith("the median training beat of each class")
    assert load_mitdb().seconds[[0, 90, -1]].tolist() == pytest.approx([-0.25, 0, 143 / 360])


def test_age_and_sex_are_read_from_the_header_where_they_stand():
    assert age_and_sex(("23 F 1 2 x1",)) == ("below 65", "F")
    assert age_and_sex(("65 M",)) == ("65 and older", "M")
    assert age_and_sex(("-1 F 3 4 x1", "Digoxin")) == ("not stated", "F")
    assert age_and_sex(()) == age_and_sex(("a trace",)) == ("not stated", "not stated")


def annotation_codes(content: bytes) -> Counter:
    """How often each code stands in a file of annotations: the MIT format, written down here from its description.

    Each word of 16 bits holds a code in its upper 6 bits. Code 59 is followed by 4 bytes, code 63 by as many bytes of
    text as its lower bits say, rounded up to an even number; 60 to 62 change fields.
    """
    found, place = Counter(), 0
    while place < len(content):
        (word,) = struct.unpack_from("<H", content, place)
        code, rest, place = word >> 10, word & 0x3FF, place + 2
        if word == 0:
            break
        if code == 59:
            place += 4
        elif code == 63:
            place += rest + rest % 2
        elif code < 60:
            found[code] += 1
    return found


# codes of beats in the annotation standard -> our symbols
CODES = dict(
    zip([1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 13, 25, 30, 34, 35, 38, 41], "NLRaVFJASEj/QB?enfr", strict=True)
)


@pytest.mark.thorough
@pytest.mark.parametrize("archive", ARCHIVES, ids=lambda path: path.name)
def test_all_48_real_records_have_109494_beats_and_split_between_people(archive, tmp_path, monkeypatch):
    with tarfile.open(archive) as file:
        file.extractall(tmp_path, filter="data")
    monkeypatch.setenv("COURSE_DATA_DIR", str(tmp_path))
    monkeypatch.setenv("COURSE_OFFLINE", "1")
    total, classes = 0, Counter()
    for record in mitdb.records():
        read = mitdb.read_record(record)
        codes = annotation_codes((tmp_path / "mitdb" / f"{record}.atr").read_bytes())
        symbols = Counter({CODES[code]: n for code, n in codes.items() if code in CODES})
        assert Counter(read.symbols.tolist()) == symbols, record
        assert read.signal.shape == (650_000, 2)
        assert read.rate == RATE
        assert "record " + record in read.title  # recognised by the hash of its signal
        total += sum(symbols.values())
        classes.update(symbols)
    assert total == 109_494
    assert (classes["N"], classes["V"], classes["A"], classes["/"]) == (75_052, 7_130, 2_546, 7_028)
    data = load("mitdb")
    assert isinstance(data, BeatDataset)
    table = counts(data)
    assert table["patients"].tolist() == [16, 5, 22]
    # DS2 has 49,712 beats: 44,259 N, 1,837 S, 3,221 V, 388 F and 7 Q, of which 20 are too near an end
    assert table.loc["test", [*AAMI, "beats"]].tolist() == [44_240, 1_837, 3_220, 388, 7, 49_692]
    assert "ODC-BY 1.0" in provenance(data)
    assert 0.5 < np.median(data.train.signal[data.train.labels == 0, data.before, 0]) < 1.5
    assert data.patient_table["sex"].value_counts().to_dict() == {"M": 23, "F": 20}
    for name, (everybody, without) in SHARES.items():  # what notebook 12 sets beside an average precision
        own, counted = data.test.labels == list(AAMI).index(name), aami.counted(data.test.labels, name)
        people, beats = np.unique(data.test.patients[own], return_counts=True)
        others = data.test.patients != people[beats.argmax()]
        assert own[counted].mean() == pytest.approx(everybody, abs=5e-4)
        assert own[counted & others].mean() == pytest.approx(without, abs=5e-4)
