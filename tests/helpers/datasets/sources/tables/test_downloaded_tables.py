"""The downloaded tables: gaps stay gaps, what knows the outcome is no feature, and the real files are as counted."""

import numpy as np
import pandas as pd
import pytest
from sample_tables import HERE, SHARED, saved_flchain, saved_heart, saved_pima
from sklearn.metrics import roc_auc_score

from helpers.datasets import DataError, counts, dataset_names, limit_training, load, provenance
from helpers.datasets.leaks import telling_features
from helpers.datasets.sources.catalogue import read_catalogue
from helpers.datasets.sources.tables import heart, pima, support, survival
from helpers.datasets.sources.tables.heart import read_heart
from helpers.datasets.sources.tables.pima import read_pima
from helpers.datasets.sources.tables.reading import Feature, numbers, read_text_table, table_dataset
from helpers.datasets.sources.tables.survival import read_flchain
from helpers.datasets.tables import TableDataset, load_wisconsin

NAMES = ["heart", "flchain", "pbc", "pima", "support2"]
FEATURES = {
    "heart": heart.FEATURES,
    "flchain": survival.FLCHAIN,
    "pbc": survival.PBC,
    "pima": pima.FEATURES,
    "support2": support.FEATURES,
}


def whole(data: TableDataset) -> pd.DataFrame:
    """All rows in the file's order, a column per feature, the target (a number) and the time."""
    parts = []
    for _, rows in data.splits():
        part = pd.DataFrame(rows.features, columns=data.feature_names, index=rows.patients)
        parts.append(part.assign(target=rows.target, time=rows.time))
    return pd.concat(parts).sort_index()


# made-up files, everywhere


def test_zeros_that_nobody_has_and_question_marks_become_gaps(tmp_path):
    data = read_heart(saved_heart(tmp_path))
    rows = whole(data).join(data.patient_table["site"])
    assert len(rows) == 80
    assert rows.groupby("site", sort=False)["cholesterol"].apply(lambda part: part.isna().sum()).to_dict() == {
        "Cleveland": 0,
        "Budapest": 0,
        "Switzerland": 20,
        "Long Beach": 0,
    }
    assert rows["vessels coloured by fluoroscopy"].isna().sum() == 4
    assert rows["target"].tolist() == [0, 1] * 40  # 2 and 4 are disease too


def test_each_split_has_every_hospital_and_the_site_is_no_feature(tmp_path):
    data = read_heart(saved_heart(tmp_path), seed=3)
    for _, rows in data.splits():
        assert set(data.patient_table.loc[rows.patients, "site"]) == set(heart.SITES.values())
    assert "site" not in data.feature_names


def test_flchain_has_a_time_and_no_cause_of_death(tmp_path):
    data = read_flchain(saved_flchain(tmp_path))
    assert not {"chapter", "death", "futime", "sample.yr"} & {*data.feature_names}
    assert data.left_out["chapter"] == "cause of death, known of the dead alone"
    rows = whole(data)
    assert rows["time"].tolist() == [100.0 * row for row in range(40)]
    assert rows["target"].tolist() == [1, 0, 0, 0] * 10
    assert np.isnan(rows.loc[1, "creatinine"])
    assert data.missing().sum().to_dict() == {"creatinine": 1}


def test_pimas_test_file_is_the_test_split(tmp_path):
    data = read_pima(saved_pima(tmp_path))
    assert data.test.patients.tolist() == list(range(40, 80))
    assert (len(data.train), len(data.validation)) == (30, 10)
    gaps = data.missing()["triceps skin fold"].to_dict()
    assert sum(gaps.values()) == 10
    assert gaps["test"] == 0
    assert 2 <= gaps["validation"] <= 3


FLCHAIN_DAMAGE = {
    "a word for an age": (",51,M", ",old,M", "flchain.csv: expected a number as age in row 2, found 'old'"),
    "an infinity": (",51,M", ",inf,M", "a number as age in row 2, found 'inf'"),
    "an unknown sex": (",51,M", ",51,X", "one of F, M as sex in row 2, found 'X'"),
    "a death of 2": (
        "1996,1.0,2.0,3,0.9,0,0,1,",
        "1996,1.0,2.0,3,0.9,0,0,2,",
        "one of 0, 1 as death in row 1, found '2'",
    ),
    "a column gone": ("futime", "time", "expected a column futime, found the columns rownames, age"),
    "half a line": (",Circulatory", "", "12 values in line 2, found 11"),
}


@pytest.mark.parametrize(("old", "new", "fault"), FLCHAIN_DAMAGE.values(), ids=FLCHAIN_DAMAGE)
def test_a_damaged_file_is_refused_with_the_place(tmp_path, old, new, fault):
    path = saved_flchain(tmp_path)
    text = path.read_text()
    assert old in text
    path.write_text(text.replace(old, new, 1))
    with pytest.raises(DataError) as caught:
        read_flchain(path)
    assert fault in str(caught.value)


@pytest.mark.parametrize(
    ("content", "fault"), [(b"", "at least one row"), (b"a,b\n", "at least one row"), (b"a,b\n\xff,1\n", "UTF-8")]
)
def test_what_is_no_table_is_refused(tmp_path, content, fault):
    path = tmp_path / "x.csv"
    path.write_bytes(content)
    with pytest.raises(DataError, match=fault):
        numbers(read_text_table(path, ["a", "b"]), "a")


@pytest.mark.parametrize("name", NAMES)
def test_every_column_of_a_table_is_a_feature_or_left_out_with_a_reason(name):
    entry = read_catalogue()[name]
    assert not {one.column for one in FEATURES[name]} & set(entry["left_out"])
    assert entry["size"].endswith(f"× {len(FEATURES[name])} features")
    assert name in dataset_names()


def test_a_column_that_knows_the_outcome_is_refused_as_a_feature(tmp_path):
    leaking = (*survival.FLCHAIN, Feature("futime", "follow-up", "days"))
    with pytest.raises(
        DataError, match=r"flchain: expected features that do not know the outcome, found futime \(days"
    ):
        table_dataset("flchain", None, {}, wanted=leaking, target="death", people=None)


def leaky(by: str) -> TableDataset:
    """wisconsin with a column more, which is filled in for the ill alone, or is the outcome with little noise."""
    data = load_wisconsin()
    splits = {}
    for split, rows in data.splits():
        ill = rows.labels == 1
        column = np.where(ill, 3.0, np.nan) if by == "gap" else ill + np.linspace(0, 0.5, len(ill))
        splits[split] = type(rows)(np.column_stack([rows.features, column]), rows.target, rows.patients)
    facts = {key: getattr(data, key) for key in ("name", "title", "simulated", "patients_known", "source", "licence")}
    return TableDataset(
        **facts,
        **splits,
        citation="none",
        feature_names=(*data.feature_names, "cause"),
        feature_units=(*data.feature_units, "1"),
        target_name="diagnosis",
        class_names=data.class_names,
        disease_class=1,
    )


@pytest.mark.parametrize("by", ["gap", "value"])
def test_a_planted_leak_is_found_by_its_values_or_its_gaps(by):
    assert telling_features(leaky(by)).to_numpy().tolist() == [["cause", by, 1.0]]
    assert len(telling_features(load_wisconsin())) == 0


def test_a_notebook_that_needs_complete_columns_says_so_in_a_sentence(tmp_path):
    with pytest.raises(DataError) as caught:
        limit_training(read_heart(saved_heart(tmp_path)), 20)
    assert str(caught.value) == (
        "heart: expected complete columns, which the models of this notebook need, found missing values in 2 of 13 "
        "features, for example 20 of cholesterol. Filling gaps is what notebook 06 is about: choose a complete table "
        "such as wisconsin here."
    )


# the real files, where they are at hand; every number here was counted with awk or pandas from the files themselves

MISSING = {
    "heart": {
        "resting blood pressure": 60,  # 59 gaps and a zero
        "cholesterol": 202,  # 30 gaps, 172 zeros
        "fasting glucose above 120 mg/dL": 90,
        "resting ECG": 2,
        "highest heart rate in exercise": 55,
        "angina in exercise": 55,
        "ST depression in exercise": 62,
        "slope of the ST segment in exercise": 309,
        "vessels coloured by fluoroscopy": 611,
        "thallium scan": 486,
    },
    "flchain": {"creatinine": 1350},
    "pbc": {
        "treatment": 106,
        "ascites": 106,
        "enlarged liver": 106,
        "spider naevi": 106,
        "cholesterol": 134,
        "copper in urine": 108,
        "alkaline phosphatase": 106,
        "aspartate aminotransferase": 106,
        "triglycerides": 136,
        "platelets": 11,
        "clotting time": 2,
        "histological stage": 6,
    },
    "pima": {"diastolic blood pressure": 13, "triceps skin fold": 98, "body mass index": 3},
    "support2": {
        "education": 1634,
        "income": 2982,
        "coma score": 1,
        "mean blood pressure": 1,
        "white blood cells": 212,
        "heart rate": 1,
        "breaths": 1,
        "temperature": 1,
        "PaO₂/FiO₂": 2325,
        "albumin": 3372,
        "bilirubin": 2601,
        "creatinine": 67,
        "sodium": 1,
        "arterial pH": 2284,
        "glucose": 4500,
        "blood urea nitrogen": 4352,
        "urine": 4862,
        "activities of daily living, by the patient": 5641,
        "activities of daily living, by a relative": 2867,
    },
}
ROWS = {  # class 0, class 1
    "heart": (411, 509),
    "flchain": (5705, 2169),
    "pbc": (257, 161),
    "pima": (417, 215),
    "support2": (4840, 4265),
}


@pytest.fixture
def real(monkeypatch):
    monkeypatch.setenv("COURSE_DATA_DIR", str(SHARED))
    monkeypatch.setenv("COURSE_OFFLINE", "1")
    return load


@pytest.mark.parametrize("name", NAMES if HERE else [])
def test_the_real_table_has_the_rows_classes_and_gaps_of_its_file(real, name):
    data = real(name)
    table = counts(data)
    assert tuple(table[list(data.class_names)].sum()) == ROWS[name]
    assert data.missing().sum().to_dict() == MISSING[name]
    assert len(telling_features(data)) == 0
    assert sorted(data.patient_table.index) == list(range(sum(ROWS[name])))
    assert read_catalogue()[name]["size"].startswith(f"{sum(ROWS[name]):,} rows × ")
    assert "SHA-256 verified" in provenance(data)


@pytest.mark.parametrize("folder", HERE, ids=str)
def test_the_four_hospitals_of_heart(real, folder):
    data = real("heart")
    rows = whole(data).join(data.patient_table["site"])
    by_site = rows.groupby("site", sort=False)["target"]
    assert by_site.size().to_dict() == {"Cleveland": 303, "Budapest": 294, "Switzerland": 123, "Long Beach": 200}
    assert by_site.sum().to_dict() == {"Cleveland": 139, "Budapest": 106, "Switzerland": 115, "Long Beach": 149}
    gaps = rows["cholesterol"].isna().groupby(rows["site"], sort=False).sum()
    assert gaps.to_dict() == {"Cleveland": 0, "Budapest": 23, "Switzerland": 123, "Long Beach": 56}
    assert rows.iloc[0, :5].tolist() == [63, 1, 1, 145, 233]
    assert np.nanmin(rows["resting blood pressure"]) == 80


@pytest.mark.parametrize("name", ["flchain", "pbc", "support2"] if HERE else [])
def test_times_and_deaths_are_those_of_the_file(real, name):
    raw = pd.read_csv(SHARED / "tables" / f"{name}.csv")
    time = {"flchain": "futime", "pbc": "time", "support2": "d.time"}[name]
    dead = raw["status"] == 2 if name == "pbc" else raw["death"] == 1
    if name == "support2":  # within half a year, for which everybody was followed
        assert raw.loc[~dead, "d.time"].min() > 180
        dead &= raw["d.time"] <= 180
    rows = whole(real(name))
    np.testing.assert_array_equal(rows["time"], raw[time])
    np.testing.assert_array_equal(rows["target"], dead.astype(int))
    np.testing.assert_allclose(rows["age"], raw["age"])


@pytest.mark.parametrize("folder", HERE, ids=str)
def test_the_columns_left_out_of_support_would_have_told_the_outcome(real, folder):
    """A cost or an order not to resuscitate tells more of death in hospital than any honest feature does."""
    raw = pd.read_csv(folder / "tables" / "support2.csv")
    died = raw["hospdead"] == 1
    order = raw["dnr"].eq("dnr after sadm")
    assert roc_auc_score(died, order) > 0.7
    data = real("support2")
    rows = whole(data)
    honest = {name: rows[name].fillna(rows[name].median()) for name in data.feature_names}
    best = max(max(auc := roc_auc_score(died, column), 1 - auc) for column in honest.values())
    assert best < roc_auc_score(died, 1 - raw["surv2m"].fillna(0.5))
    assert data.patient_table["race"].value_counts().to_dict()["not stated"] == 42


@pytest.mark.parametrize("folder", HERE, ids=str)
def test_another_file_under_the_name_is_refused(folder, tmp_path, monkeypatch):
    (tmp_path / "tables").mkdir()
    text = (folder / "tables" / "pbc.csv").read_text()
    (tmp_path / "tables" / "pbc.csv").write_text(text.replace("14.5", "14.6", 1))
    monkeypatch.setenv("COURSE_DATA_DIR", str(tmp_path))
    with pytest.raises(DataError, match=r"tables/pbc\.csv: expected the original, whose SHA256 is 797ea9b6"):
        load("pbc")
