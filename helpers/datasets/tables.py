"""Tables of patients: one row a person, named features with units, and a class or a number to predict.

scikit-learn is imported where a table is loaded: it takes about as long to load as everything else here together.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from types import MappingProxyType
from typing import Any

import numpy as np
import pandas as pd

from helpers.datasets.contract import SplitByPatient

VALIDATION_FRACTION = TEST_FRACTION = 0.2


@dataclass(frozen=True, eq=False)
class TableSplit:
    """The rows of one split: n people with their features and what is to be predicted.

    features: float64, shape (n, f), one column per feature in its own unit; NaN where a value is missing.
    target: shape (n,); int64, an index into the data set's class names, or float64, a number in the target's unit.
    patients: shape (n,), the identifier of the person each row is about.
    time: float64, shape (n,), of a set whose outcome has a time: days from the row's moment to the outcome, or to when
    somebody without it was last heard of (censored); else None. It is known when the outcome is: no feature.
    """

    features: np.ndarray
    target: np.ndarray
    patients: np.ndarray
    time: np.ndarray | None = None

    def __len__(self) -> int:
        return len(self.target)

    @property
    def inputs(self) -> np.ndarray:
        """What a model is given: the features."""
        return self.features

    @property
    def labels(self) -> np.ndarray:
        """The target of a set with classes, as in helpers.datasets.contract.Split.

        Raises AttributeError where the target is a number.
        """
        if self.target.dtype != np.int64:
            raise AttributeError("the target of this table is a number, not a class: use .target")
        return self.target

    def rows(self, keep: np.ndarray) -> TableSplit:
        """The rows that a boolean array of shape (n,) or an array of indices keeps."""
        time = None if self.time is None else self.time[keep]
        return TableSplit(self.features[keep], self.target[keep], self.patients[keep], time)


@dataclass(frozen=True, eq=False, kw_only=True)
class TableDataset(SplitByPatient):
    """A table in three splits that share no patient, with where it comes from and what may be done with it.

    train, validation, test: of type TableSplit.
    feature_names, feature_units: one text per column; "1" is the unit of a plain number, and a unit that the source
    does not state is called so.
    target_name, target_unit: what is predicted; the unit is None where it is a class.
    class_names, disease_class: as in ImageDataset; () and None where the target is a number.
    left_out: columns of the source that are no features, and why: they know the outcome or came after it.

    Raises DataError where the parts contradict each other. All arrays become read-only.
    """

    feature_names: tuple[str, ...]
    feature_units: tuple[str, ...]
    target_name: str
    target_unit: str | None = None
    class_names: tuple[str, ...] = ()
    disease_class: int | None = None
    left_out: Mapping[str, str] = field(default_factory=dict)

    def __post_init__(self):
        object.__setattr__(self, "left_out", MappingProxyType(dict(self.left_out)))
        f = len(self.feature_names)
        if len(set(self.feature_names)) != f or len(self.feature_units) != f:
            self._refuse(
                "as many units as features, and a name of its own for each",
                f"{f} names, {len(set(self.feature_names))} of them different, {len(self.feature_units)} units",
            )
        if bool(self.class_names) == (self.target_unit is not None):
            self._refuse(
                "class names, or a unit of the target", "both" if self.class_names else "neither", "Give one of them."
            )
        if self.class_names:
            self._check_classes(self.class_names, self.disease_class)
        for split, rows in self.splits():
            self._check_split(split, rows, f)
        self._seal()
        self._check_patient_table()

    def frame(self, split: str) -> pd.DataFrame:
        """One split as a table: a column per feature and the target last, indexed by patient.

        split: "train", "validation" or "test".
        """
        rows: TableSplit = getattr(self, split)
        table = pd.DataFrame(rows.features, columns=self.feature_names, index=pd.Index(rows.patients, name="patient"))
        table[self.target_name] = np.array(self.class_names)[rows.target] if self.class_names else rows.target
        return table

    def missing(self) -> pd.DataFrame:
        """How many values of each feature are missing, a line per split, those features alone of which one is."""
        counts = {split: np.isnan(rows.features).sum(axis=0) for split, rows in self.splits()}
        table = pd.DataFrame.from_dict(counts, orient="index", columns=self.feature_names)
        return table.loc[:, table.any()]

    def _check_split(self, split: str, rows: TableSplit, f: int):
        features, target = rows.features, rows.target
        if features.dtype != np.float64 or features.ndim != 2 or features.shape[1] != f:
            self._refuse(f"{split} features as float64 of shape (n, {f})", f"{features.dtype} {features.shape}")
        if len(features) == 0:
            self._refuse(f"at least one {split} row", "none")
        if np.isinf(features).any():
            column = self.feature_names[int(np.isinf(features).any(axis=0).argmax())]
            self._refuse(f"finite {split} features, or NaN where a value is missing", f"an infinity in {column}")
        if self.class_names:
            self._check_labels(split, target, len(features), self.class_names)
        elif target.dtype != np.float64 or target.shape != (len(features),) or not np.isfinite(target).all():
            self._refuse(
                f"a finite {split} target as float64 of shape ({len(features)},)", f"{target.dtype} {target.shape}"
            )
        if rows.patients.shape != target.shape:
            self._refuse(f"{split} patients of shape {target.shape}", str(rows.patients.shape))
        time = rows.time
        if time is not None and (time.dtype != np.float64 or time.shape != target.shape or not (time >= 0).all()):
            self._refuse(
                f"{split} times as float64 of shape {target.shape}, none below 0", f"{time.dtype} {time.shape}"
            )


def require_complete(data: TableDataset) -> None:
    """Raise DataError where a table has a missing value, in the words of a notebook whose models need all of them."""
    missing = data.missing()
    if len(missing.columns):
        data._refuse(
            "complete columns, which the models of this notebook need",
            f"missing values in {len(missing.columns)} of {len(data.feature_names)} features, for example "
            f"{int(missing.sum().max())} of {missing.sum().idxmax()}",
            "Filling gaps is what notebook 06 is about: choose a complete table such as wisconsin here.",
        )


def split_patients(strata: np.ndarray, *, seed: int) -> dict[str, np.ndarray]:
    """Indices of the rows of each split, sorted: 60 % train, 20 % validation, 20 % test, drawn with the seed.

    strata: shape (n,), whole numbers; each occurs in every split about as often as in all. One row is one patient.
    """
    from sklearn.model_selection import train_test_split

    everybody = np.arange(len(strata))
    rest, test = train_test_split(everybody, test_size=TEST_FRACTION, stratify=strata, random_state=seed)
    share = VALIDATION_FRACTION / (1 - TEST_FRACTION)
    train, validation = train_test_split(rest, test_size=share, stratify=strata[rest], random_state=seed)
    return {"train": np.sort(train), "validation": np.sort(validation), "test": np.sort(test)}


def load_wisconsin(*, seed: int = 1) -> TableDataset:
    """Breast cancer Wisconsin (diagnostic): 569 masses, 30 measurements of cell nuclei, benign or malignant.

    Ships with scikit-learn, where 0 is malignant; here the disease is class 1. The splits are drawn with the seed,
    stratified by class. See CARDS["wisconsin"] for who, how and what is wrong with it.
    """
    from sklearn.datasets import load_breast_cancer

    raw = load_breast_cancer()
    target = (raw.target == list(raw.target_names).index("malignant")).astype(np.int64)
    names = tuple(str(name) for name in raw.feature_names)
    return TableDataset(
        name="wisconsin",
        **_facts("wisconsin"),
        **_splits(raw.data, target, split_patients(target, seed=seed)),
        feature_names=names,
        feature_units=tuple(_wisconsin_unit(name) for name in names),
        target_name="diagnosis",
        class_names=("benign", "malignant"),
        disease_class=1,
    )


def load_diabetes(*, seed: int = 1) -> TableDataset:
    """Diabetes progression: 442 patients, ten measurements, and a number for the progression one year later.

    Ships with scikit-learn, which by default hands out features standardised over all rows, test rows included: a
    leak. Here they are raw. The splits are drawn with the seed, stratified by quintile of the target.
    """
    from sklearn import datasets  # which has a load_diabetes too

    raw = datasets.load_diabetes(scaled=False)
    quintile = np.searchsorted(np.quantile(raw.target, [0.2, 0.4, 0.6, 0.8]), raw.target)
    return TableDataset(
        name="diabetes",
        **_facts("diabetes"),
        **_splits(raw.data, raw.target, split_patients(quintile, seed=seed)),
        feature_names=tuple(_DIABETES_FEATURES[name][0] for name in raw.feature_names),
        feature_units=tuple(_DIABETES_FEATURES[name][1] for name in raw.feature_names),
        target_name="progression after one year",
        target_unit="points of a scale that the source does not describe",
    )


def _splits(features: np.ndarray, target: np.ndarray, indices: dict[str, np.ndarray]) -> dict[str, TableSplit]:
    whole = TableSplit(features.astype(np.float64), target, np.arange(len(target)))
    return {split: whole.rows(rows) for split, rows in indices.items()}


def _facts(name: str) -> dict[str, Any]:
    card = CARDS[name]
    return {key: card[key] for key in ("title", "source", "licence", "citation")} | {
        "simulated": False,
        "patients_known": True,
        "notes": tuple(card["faults"]),
    }


def _wisconsin_unit(feature: str) -> str:
    if "radius" in feature or "perimeter" in feature:
        return "length (unit not stated)"
    if "area" in feature:
        return "length² (unit not stated)"
    return "grey levels" if "texture" in feature else "1"


# scikit-learn's name -> ours and the unit. The source states no units of the serum values: these are the usual ones
# that the ranges fit, and s5 fits the natural logarithm of triglycerides.
_DIABETES_FEATURES = {
    "age": ("age", "years"),
    "sex": ("sex", "1 or 2; which is which is not stated"),
    "bmi": ("body mass index", "kg/m²"),
    "bp": ("mean blood pressure", "mmHg"),
    "s1": ("total cholesterol", "mg/dL"),
    "s2": ("LDL cholesterol", "mg/dL"),
    "s3": ("HDL cholesterol", "mg/dL"),
    "s4": ("total / HDL cholesterol", "1"),
    "s5": ("log triglycerides", "ln(mg/dL)"),
    "s6": ("glucose", "mg/dL"),
}

# What data/README.md says of each table; the keys are those of data/catalogue.yml.
CARDS = {
    "wisconsin": {
        "title": "Breast cancer Wisconsin (diagnostic), 569 masses",
        "about": "30 measurements of the cell nuclei in a fine-needle aspirate of a breast mass, one row a patient",
        "classes": ["benign", "malignant"],
        "disease_class": 1,
        "size": "569 rows × 30 features",
        "people": "569 patients with a breast mass, University of Wisconsin, Madison; 357 benign, 212 malignant; age "
        "and sex are not in the table",
        "measured": "a person outlined the nuclei in a digitised picture of the aspirate and a program followed the "
        "outlines; ten properties of each nucleus, as mean, standard error and mean of the three largest values",
        "labelled": "benign or malignant, by diagnosis; 0 is malignant in scikit-learn's copy, class 1 here",
        "bias": "one centre, masses that somebody chose to puncture, 37 % malignant: far above any screening, so "
        "predictive values do not carry over",
        "source": "scikit-learn's copy of UCI Breast Cancer Wisconsin (Diagnostic); classes renumbered, malignant is 1",
        "licence": "CC BY 4.0",
        "citation": "Street, Wolberg and Mangasarian, Nuclear feature extraction for breast tumor diagnosis, "
        "SPIE 1905:861, 1993",
        "faults": [
            "The unit of length is not stated; area and radius agree with each other (area is about π·radius²).",
            "Compactness is described as perimeter²/area − 1, which would exceed 11 for every outline (4π − 1 for a "
            "circle); the stored values, 0.02 to 0.35, are scaled in a way that is not described.",
        ],
    },
    "diabetes": {
        "title": "Diabetes progression after one year, 442 patients",
        "about": "age, sex, body mass index, blood pressure and six serum values, one row a patient",
        "task": "progression after one year, a number",
        "size": "442 rows × 10 features",
        "people": "442 patients with diabetes; where and when is not stated",
        "measured": "ten values at the start; the source states no units of the serum values, ours fit their ranges",
        "labelled": "a quantitative measure of progression one year after the start, 25 to 346; the scale is not "
        "described",
        "source": "scikit-learn's copy of the table of Efron et al., raw values",
        "licence": "not stated by the source; the copy ships with scikit-learn (BSD-3-Clause)",
        "citation": "Efron, Hastie, Johnstone and Tibshirani, Least angle regression, Ann. Statist. 32:407, 2004",
        "faults": [
            "scikit-learn's default features are standardised over all rows, test rows included, which is a leak; the "
            "course loads the raw values.",
            "Sex is coded 1 and 2 without a key.",
        ],
    },
}
