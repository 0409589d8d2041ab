"""Tables of patients: what the contract refuses, what the two shipped tables are, and that nothing leaks into them."""

import numpy as np
import pytest
from sklearn import datasets as sklearn_datasets
from sklearn.linear_model import LogisticRegression, Ridge
from sklearn.metrics import r2_score, roc_auc_score
from sklearn.pipeline import make_pipeline
from sklearn.preprocessing import StandardScaler

from helpers.datasets import DataError, TableDataset, counts, dataset_names, limit_training, load, provenance
from helpers.datasets.tables import CARDS, TableSplit, load_diabetes, load_wisconsin, split_patients

PATIENTS = {"train": [1, 2, 3, 4], "validation": [10, 11], "test": [20, 21]}


def split(patients, /, **changes) -> TableSplit:
    n = len(patients)
    parts = {
        "features": np.arange(n * 3, dtype=float).reshape(n, 3) + 100 * patients[0] if n else np.zeros((0, 3)),
        "target": np.arange(n, dtype=np.int64) % 2,
        "patients": np.array(patients),
    }
    return TableSplit(**parts | changes)


def table(**changes) -> TableDataset:
    parts = {name: split(patients) for name, patients in PATIENTS.items()} | {
        "name": "little",
        "title": "A little table",
        "simulated": True,
        "patients_known": True,
        "source": "this test",
        "licence": "MIT",
        "citation": "none needed",
        "feature_names": ("age", "height", "weight"),
        "feature_units": ("years", "cm", "kg"),
        "target_name": "state",
        "class_names": ("well", "ill"),
        "disease_class": 1,
    }
    return TableDataset(**parts | changes)


def numbers(**changes) -> TableDataset:
    """The same table with a target that is a number."""
    parts = {name: split(patients, target=np.arange(len(patients)) + 0.5) for name, patients in PATIENTS.items()}
    return table(**{"target_unit": "points", "class_names": (), "disease_class": None} | parts | changes)


ONE = np.zeros((1, 3))
REFUSED = {
    "whole-number features": ({"train": split([1], features=ONE.astype(int))}, r"train features as float64 .*\(n, 3\)"),
    "a column short": ({"test": split([20], features=ONE[:, :2])}, r"test features as float64 of shape \(n, 3\)"),
    "one axis": ({"train": split([1], features=ONE[0])}, "train features as float64"),
    "empty split": ({"validation": split([])}, "at least one validation row, found none"),
    "an infinity": ({"train": split([1], features=np.array([[0, np.inf, 0]]))}, "an infinity in height"),
    "float labels": ({"train": split([1], target=np.zeros(1))}, "train labels as int64"),
    "label too high": ({"test": split([20], target=np.array([2]))}, "test labels from 0 to 1"),
    "patients short": ({"train": split([1, 2], patients=np.array([1]))}, "train patients of shape"),
    "patient in two splits": ({"test": split([4, 20])}, "no patient in both train and test, found 1 shared"),
    "units short": ({"feature_units": ("years", "cm")}, "as many units as features.*2 units"),
    "two features of one name": ({"feature_names": ("age", "age", "cm")}, "a name of its own.*2 of them different"),
    "classes and a unit": ({"target_unit": "points"}, "class names, or a unit of the target, found both"),
    "neither classes nor a unit": ({"class_names": ()}, "class names, or a unit of the target, found neither"),
    "disease class too high": ({"disease_class": 2}, "a disease class below 2"),
}


@pytest.mark.parametrize(("changes", "fault"), REFUSED.values(), ids=REFUSED)
def test_refused_naming_the_table_and_the_fault(changes, fault):
    with pytest.raises(DataError, match=f"^little: expected .*{fault}"):
        table(**changes)


@pytest.mark.parametrize("target", [np.zeros(1, np.int64), np.zeros((1, 1)), np.array([np.nan])])
def test_a_number_to_predict_is_a_finite_float(target):
    with pytest.raises(DataError, match="a finite test target as float64"):
        numbers(test=split([20], target=target))


def test_missing_features_are_allowed():
    assert np.isnan(table(train=split([1], features=np.array([[0, np.nan, 0]]))).train.features[0, 1])


@pytest.mark.parametrize("part", ["features", "target", "patients"])
def test_arrays_are_read_only(part):
    for _, rows in table().splits():
        with pytest.raises(ValueError, match="read-only"):
            getattr(rows, part)[0] = 0


def test_labels_are_the_target_where_it_is_a_class():
    assert table().train.labels.tolist() == [0, 1, 0, 1]
    with pytest.raises(AttributeError, match="a number, not a class"):
        _ = numbers().train.labels


def test_counts_of_classes_and_of_numbers():
    assert counts(table()).loc["train"].to_dict() == {"well": 2, "ill": 2, "rows": 4, "patients": 4}
    expected = {"lowest": 0.5, "mean": 2.0, "highest": 3.5, "rows": 4, "patients": 4}
    assert counts(numbers()).loc["train"].to_dict() == expected


def test_the_frame_has_names_patients_and_class_names():
    frame = table().frame("train")
    assert frame.columns.tolist() == ["age", "height", "weight", "state"]
    assert frame.index.tolist() == [1, 2, 3, 4]
    assert frame["state"].tolist() == ["well", "ill", "well", "ill"]
    assert numbers().frame("test")["state"].tolist() == [0.5, 1.5]


def test_exact_copies_across_splits_are_reported():
    data = table(test=split([20, 21], features=split([1, 2, 3, 4]).features[[2, 0]]))
    assert "copies    2 test rows are exact copies of training rows" in provenance(data)
    assert "copies" not in provenance(table())


def test_limit_training_takes_a_table_too():
    data = load_wisconsin()
    fewer = limit_training(data, 50)
    assert len(fewer.train) == 50
    assert fewer.test is data.test


def test_limit_training_refuses_time_series_in_a_sentence():
    with pytest.raises(DataError, match="which are time series"):
        limit_training(load("glucose"), 5)


def test_splits_are_disjoint_whole_stratified_and_drawn_by_seed():
    strata = np.arange(200) % 4 // 3  # one in four
    one, again, other = (split_patients(strata, seed=seed) for seed in (1, 1, 2))
    assert sorted(np.concatenate(list(one.values()))) == list(range(200))
    assert [len(rows) for rows in one.values()] == [120, 40, 40]
    assert [strata[rows].mean() for rows in one.values()] == [0.25, 0.25, 0.25]
    assert all((one[name] == again[name]).all() for name in one)
    assert not np.array_equal(one["test"], other["test"])


@pytest.mark.parametrize("name", ["wisconsin", "diabetes"])
def test_a_table_loads_by_name_with_names_units_and_provenance(name):
    assert name in dataset_names()
    data = load(name, seed=3)
    assert isinstance(data, TableDataset)
    assert (data.name, data.simulated, data.patients_known) == (name, False, True)
    assert all(data.feature_names)
    assert all(data.feature_units)
    for fact in (CARDS[name]["title"], "real patients", "identified", CARDS[name]["licence"]):
        assert fact in provenance(data)
    assert len(data.copies) == 0


@pytest.mark.parametrize(
    ("load_table", "raw"),
    [
        (load_wisconsin, sklearn_datasets.load_breast_cancer()),
        (load_diabetes, sklearn_datasets.load_diabetes(scaled=False)),
    ],
)
def test_every_row_of_the_original_is_in_one_split_and_unchanged(load_table, raw):
    data = load_table(seed=2)
    order = np.concatenate([rows.patients for _, rows in data.splits()])
    assert sorted(order) == list(range(len(raw.target)))
    np.testing.assert_array_equal(np.concatenate([rows.features for _, rows in data.splits()]), raw.data[order])
    shares = [len(rows) / len(order) for _, rows in data.splits()]
    np.testing.assert_allclose(shares, [0.6, 0.2, 0.2], atol=0.003)


def test_in_wisconsin_the_disease_is_class_1():
    data = load_wisconsin()
    table = counts(data)
    assert table[["benign", "malignant"]].sum().tolist() == [357, 212]
    shares = table["malignant"] / table["rows"]
    assert shares.max() - shares.min() < 0.01
    assert data.class_names[data.disease_class] == "malignant"
    raw = sklearn_datasets.load_breast_cancer()
    for _, rows in data.splits():
        np.testing.assert_array_equal(rows.labels, 1 - raw.target[rows.patients])
    radius = data.feature_names.index("mean radius")
    large = data.train.features[:, radius]
    assert large[data.train.labels == 1].mean() > 1.3 * large[data.train.labels == 0].mean()


def test_the_units_of_wisconsin_fit_its_numbers():
    """An area in squares of the unit of length is about π radius²; what is called a plain number needs no unit."""
    data = load_wisconsin()
    frame, units = data.frame("train"), dict(zip(data.feature_names, data.feature_units, strict=True))
    ratio = frame["mean area"] / (np.pi * frame["mean radius"] ** 2)
    assert ratio.between(0.9, 1.1).mean() > 0.99
    assert units["mean area"] == "length² (unit not stated)"
    assert units["worst perimeter"] == units["radius error"] == "length (unit not stated)"
    assert units["mean texture"] == "grey levels"
    assert units["mean symmetry"] == "1"


def test_compactness_is_not_what_its_description_says():
    """perimeter² / area is at least 4π for any outline, so perimeter² / area − 1 would exceed 11."""
    frame = load_wisconsin().frame("train")
    assert (frame["mean perimeter"] ** 2 / frame["mean area"]).min() > 4 * np.pi
    assert frame["mean compactness"].max() < 0.4


def test_diabetes_is_raw_and_in_its_units():
    frame = load_diabetes().frame("train")
    assert frame["age"].between(18, 80).all()
    assert frame["body mass index"].between(15, 45).all()
    assert frame["mean blood pressure"].between(60, 135).all()
    assert set(frame["sex"]) == {1.0, 2.0}
    ratio = frame["total cholesterol"] / frame["HDL cholesterol"] / frame["total / HDL cholesterol"]
    assert ratio.median() == pytest.approx(1, abs=0.02)
    assert np.exp(frame["log triglycerides"]).between(25, 460).all()
    assert 25 <= frame.iloc[:, -1].min() < frame.iloc[:, -1].max() <= 346


def test_the_targets_of_diabetes_are_spread_alike_over_the_splits():
    medians = [np.median(rows.target) for _, rows in load_diabetes().splits()]
    assert max(medians) - min(medians) < 15  # the standard deviation is 77


def test_the_tables_can_be_learned_as_well_as_is_known():
    wisconsin = load_wisconsin()
    model = make_pipeline(StandardScaler(), LogisticRegression())
    model.fit(wisconsin.train.features, wisconsin.train.labels)
    scores = model.predict_proba(wisconsin.test.features)[:, 1]
    assert 0.97 < roc_auc_score(wisconsin.test.labels, scores) <= 1
    diabetes = load_diabetes()
    ridge = make_pipeline(StandardScaler(), Ridge()).fit(diabetes.train.features, diabetes.train.target)
    assert 0.3 < r2_score(diabetes.test.target, ridge.predict(diabetes.test.features)) < 0.65
