"""Tables of scores hold the numbers counted by hand, and refuse what is no probability."""

import numpy as np
import pandas as pd
import pytest
from sample_scores import guesses, rows_of

from helpers.evaluation import (
    Interval,
    Patients,
    accuracy,
    auc,
    bootstrap,
    confusion,
    cost_table,
    newcombe,
    operating_point,
    operating_table,
    recall_of,
    recall_table,
    score_table,
    share_table,
    two_columns,
    wilson,
)


def test_score_table_holds_intervals_by_model():
    labels, p = guesses(50, 3, 0)
    chance = np.full((50, 3), 1 / 3)
    rows = rows_of(labels)
    table = score_table({"network": p, "floor": chance}, rows, draws=30, seed=4)
    assert table.index.tolist() == ["network", "floor"]
    assert table.columns.tolist() == ["AUC", "accuracy"]
    assert table.loc["network", "AUC"] == bootstrap(auc, rows, p, draws=30, seed=4)
    assert table.loc["network", "accuracy"] == bootstrap(accuracy, rows, p, draws=30, seed=4)
    assert str(table.loc["floor", "AUC"]) == ".500 (.500 to .500)"


def test_recall_table_counts_images_by_class():
    labels, p = guesses(50, 3, 0)
    table = recall_table(p, rows_of(labels), ("a", "b", "c"), draws=30)
    assert table.index.tolist() == ["a", "b", "c"]
    assert table["images"].tolist() == np.bincount(labels).tolist()
    for k, name in enumerate("abc"):
        assert table.loc[name, "recall"].estimate == recall_of(k)(labels, p)
        against_the_rest = bootstrap(auc, rows_of((labels == k).astype(int)), two_columns(p[:, k]), draws=30)
        assert table.loc[name, "AUC against the rest"] == against_the_rest


def test_a_share_has_an_interval_over_patients_and_not_over_images():
    """Ten patients with the same answer on all of their ten images are ten answers, not a hundred."""
    hit = np.repeat([True, False], 50)
    table = share_table({"hits": hit, "chance": np.full(100, 0.25)}, np.repeat(np.arange(10), 10), draws=400)
    assert table.loc["chance", "share"] == Interval(0.25, 0.25, 0.25)
    found = table.loc["hits", "share"]
    assert found.estimate == 0.5
    assert found.high - found.low == pytest.approx(2 * 1.96 * np.sqrt(0.25 / 10), abs=0.12)  # of images: a third


def test_confusion_has_the_true_class_in_rows():
    """Four well, all called well; two ill, one of them called well."""
    labels = np.array([0, 0, 0, 0, 1, 1])
    p = two_columns(np.array([0.1, 0.2, 0.1, 0.3, 0.4, 0.8]))
    table = confusion(labels, p, ("well", "ill"))
    assert (table.index.name, table.columns.name) == ("true", "called")
    assert table.loc["ill", "well"] == 1
    assert table.loc["well", "ill"] == 0
    assert table.sum(axis=1).tolist() == [4, 2]
    pd.testing.assert_series_equal(table.sum(axis=0), pd.Series({"well": 5, "ill": 1}), check_names=False)


def test_confusion_shows_a_class_that_nobody_has():
    table = confusion(np.array([0, 1]), np.eye(3)[[0, 2]], ("a", "b", "c"))
    assert table.to_numpy().tolist() == [[1, 0, 0], [0, 0, 1], [0, 0, 0]]


def test_an_operating_point_by_hand():
    """Four ill, of whom the threshold finds three; five well, of whom it spares four."""
    labels = np.array([1, 1, 1, 1, 0, 0, 0, 0, 0])
    p = two_columns(np.array([0.9, 0.6, 0.5, 0.2, 0.7, 0.4, 0.3, 0.2, 0.1]))
    point = operating_point(p, rows_of(labels), 1, 0.5, draws=30)
    assert point["sensitivity"].estimate == 3 / 4
    assert point["specificity"].estimate == 4 / 5
    assert point["accuracy"].estimate == 7 / 9
    of_class_0 = operating_point(p, rows_of(labels), 0, 0.5, draws=30)
    assert of_class_0["sensitivity"].estimate == 4 / 5  # the patient with exactly .5 reaches it in both classes
    assert of_class_0["specificity"].estimate == 2 / 4


def test_an_operating_point_needs_both_the_ill_and_the_well():
    with pytest.raises(ValueError, match="with and without class 1"):
        operating_point(two_columns(np.array([0.2, 0.7])), rows_of(np.array([1, 1])), 1, 0.5)


def test_recall_table_leaves_out_a_class_that_nobody_has():
    labels, p = guesses(50, 3, 0)
    table = recall_table(p[labels < 2], rows_of(labels[labels < 2]), ("a", "b", "c"), draws=30)
    assert table.index.tolist() == ["a", "b"]


BROKEN = [
    (np.array([[0.5, np.nan], [0.5, 0.5]]), "1 values are NaN"),
    (np.array([[-2.0, 3.0], [0.5, 0.5]]), "are these logits"),
    (np.array([[0.5, 0.5], [0.5, 0.9]]), "found 1.4 in row 1"),
    (np.array([[0.5, 0.5]]), "one row per label, found \\(1, 2\\)"),
    (np.full((2, 2, 2), 0.5), "found \\(2, 2, 2\\)"),
]


@pytest.mark.parametrize(("probabilities", "said"), BROKEN)
def test_what_is_no_probability_is_refused_with_a_sentence(probabilities, said):
    rows = rows_of([0, 1])
    for score in (
        lambda: score_table({"model": probabilities}, rows, draws=10),
        lambda: recall_table(probabilities, rows, ("a", "b"), draws=10),
        lambda: operating_point(probabilities, rows, 1, 0.5, draws=10),
        lambda: confusion(rows.labels, probabilities, ("a", "b")),
    ):
        with pytest.raises(ValueError, match=said):
            score()


def test_a_perfect_score_is_not_sure_of_itself():
    """Eight patients with two images each, all called right: Wilson's interval of 4 of 4 and of 8 of 8, not 1 to 1."""
    labels, patients = np.repeat([1, 0], 8), np.arange(16) // 2
    rows = Patients(labels, patients)
    pair = two_columns(np.where(labels == 1, 0.9, 0.1))
    point = operating_point(pair, rows, 1, 0.5, draws=30)
    assert point["sensitivity"] == wilson(4, 4)
    assert point["specificity"] == wilson(4, 4)
    assert point["accuracy"] == wilson(8, 8)
    table = score_table({"model": pair}, rows, draws=30)
    assert table.loc["model", "AUC"] == newcombe(1, 4, 4)
    assert share_table({"a": labels >= 0}, patients, draws=30).loc["a", "share"] == wilson(8, 8)
    assert recall_table(pair, rows, ("well", "ill"), draws=30).loc["ill", "recall"] == wilson(4, 4)
    nothing_found = operating_point(pair[:, ::-1], rows, 1, 0.5, draws=30)["sensitivity"]
    assert (nothing_found.low, nothing_found.high) == (0, wilson(0, 4).high)


def test_likelihood_ratios_by_hand():
    """Of four ill three are called, of five others one: .75 / .2 and .25 / .8; infinite where no other is called."""
    labels = np.array([1, 1, 1, 1, 0, 0, 0, 0, 0])
    risks = np.array([0.9, 0.6, 0.5, 0.2, 0.7, 0.4, 0.3, 0.2, 0.1])
    rows = Patients(labels, np.arange(9))
    line = operating_table({"all": (rows, risks, 0.5)}, draws=50).loc["all"]
    assert line["LR+"].estimate == pytest.approx(3.75)
    assert line["LR-"].estimate == pytest.approx(0.3125)
    assert line["LR+"].high == np.inf  # in some draws the one false alarm is missing
    assert str(line["LR+"]).startswith("3.75 (")


def test_a_table_of_costs_by_hand():
    """Of three ill one is missed, of seven others one is called: 100 · (1 + 5) / 10 = 60; all called 70, none 150."""
    labels, risks = np.array([1, 1, 1] + [0] * 7), np.array([0.9, 0.8, 0.1, 0.7] + [0.2] * 6)
    rules = {"model": risks, "all": np.ones(10), "none": np.zeros(10)}
    table = cost_table(rules, Patients(labels, np.arange(10)), 0.5, 5, draws=50)
    assert table.loc["model", ["TP", "FP", "FN", "TN"]].tolist() == [2, 1, 1, 6]
    assert [one.estimate for one in table["cost per 100"]] == pytest.approx([60, 70, 150])
    assert table.loc["model", "cost per 100"].low < 60 < table.loc["model", "cost per 100"].high
    assert str(table.loc["all", "cost per 100"]).startswith("70.0 (")
