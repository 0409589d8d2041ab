"""One disease against the rest, imaginary hospitals, one row per patient, and scores by subgroup."""

import numpy as np
import pandas as pd
import pytest
from scipy.special import expit

from helpers.datasets import Split, load
from helpers.evaluation import (
    Interval,
    Patients,
    at_prevalence,
    auc,
    bootstrap,
    by_patient,
    leads,
    one_against_rest,
    subgroup_differences,
    subgroup_table,
    two_columns,
)


def images(labels, patients=None) -> Split:
    labels = np.asarray(labels, np.int64)
    patients = np.arange(len(labels)) if patients is None else np.asarray(patients)
    return Split(np.zeros((len(labels), 1, 1, 1), np.uint8), labels, patients)


@pytest.mark.parametrize("disease_class", [0, 1, 2])
def test_the_disease_is_one_and_all_else_zero(disease_class):
    rows = images([0, 1, 2, 1, 0])
    binary = one_against_rest(rows, disease_class)
    assert binary.labels.tolist() == [int(label == disease_class) for label in [0, 1, 2, 1, 0]]
    assert binary.images is rows.images
    assert binary.patients is rows.patients


def test_a_table_stays_a_table():
    data = load("wisconsin")
    binary = one_against_rest(data.test, 0)
    assert binary.features is data.test.features
    assert (binary.labels == 1 - data.test.labels).all()


def test_risks_are_two_columns():
    np.testing.assert_allclose(two_columns(np.array([0.2, 1.0])), [[0.8, 0.2], [0, 1]])


@pytest.mark.parametrize("prevalence", [0.0, 0.02, 0.5, 1.0])
def test_an_imaginary_hospital_has_the_prevalence_asked_for(prevalence):
    labels = np.array([0, 1, 1, 0, 0, 1, 1])
    drawn = at_prevalence(labels, prevalence, 1000, seed=3)
    assert labels[drawn].mean() == prevalence
    assert len(drawn) == 1000
    assert (drawn == at_prevalence(labels, prevalence, 1000, seed=3)).all()
    if prevalence == 0.5:
        assert set(drawn.tolist()) == set(range(7))


def test_nobody_can_be_drawn_from_a_class_without_rows():
    with pytest.raises(ValueError, match="found 0 and 3"):
        at_prevalence(np.zeros(3, int), 0.1, 100, seed=1)
    with pytest.raises(ValueError, match="from 0 to 1"):
        at_prevalence(np.array([0, 1]), 1.1, 100, seed=1)


def test_one_row_per_patient_with_the_mean_of_the_risks():
    rows = Patients(np.array([0, 1, 0, 0, 1]), np.array([7, 3, 7, 7, 3]))
    people, risks = by_patient(rows, np.array([0.1, 0.9, 0.2, 0.6, 0.5]))
    assert people.patients.tolist() == [3, 7]
    assert people.labels.tolist() == [1, 0]
    np.testing.assert_allclose(risks, [0.7, 0.3])


def cohort(n=400):
    rng = np.random.default_rng(2)
    rows = images(rng.integers(0, 2, n), rng.integers(0, n // 2, n))
    risks = 1 / (1 + np.exp(-rng.normal(rows.labels, 1)))
    table = pd.DataFrame({"site": np.where(np.arange(n // 2) % 2 == 0, "A", "B"), "rare": "no"})
    table.loc[:3, "rare"] = "yes"
    return rows, risks, table


def test_subgroups_by_hand():
    rows, risks, attributes = cohort()
    table = subgroup_table(rows, risks, attributes, 0.5, draws=50).set_index("group")
    keep = rows.patients % 2 == 0
    line = table.loc["A"]
    assert line["patients"] == len(np.unique(rows.patients[keep]))
    assert line["diseased"] == len(np.unique(rows.patients[keep & (rows.labels == 1)]))
    assert line["AUC"].estimate == pytest.approx(auc(rows.labels[keep], two_columns(risks[keep])))
    assert line["sensitivity"].estimate == np.mean(risks[keep & (rows.labels == 1)] >= 0.5)
    assert line["specificity"].estimate == np.mean(risks[keep & (rows.labels == 0)] < 0.5)
    wider = bootstrap(auc, rows.rows(keep), two_columns(risks[keep]), draws=3200, level=1 - 0.05 / 16)
    assert line["AUC"] == wider  # sixteen intervals: each at the level 1 - .05 / 16, with 10 / (.05 / 16) draws
    assert line["O:E"].estimate == pytest.approx(np.sum(rows.labels[keep]) / np.sum(risks[keep]))
    assert line["O:E"].low < line["O:E"].estimate < line["O:E"].high


def test_differences_of_groups_by_hand():
    rows, risks, attributes = cohort()
    table = subgroup_differences(rows, risks, attributes, 0.5, draws=50).set_index("groups")
    in_a, two = rows.patients % 2 == 0, two_columns(risks)
    line = table.loc["A minus B", "AUC"]
    assert line.estimate == auc(rows.labels[in_a], two[in_a]) - auc(rows.labels[~in_a], two[~in_a])
    assert line.low < line.estimate < line.high
    alone = subgroup_table(rows, risks, attributes, 0.5, draws=50).set_index("group")["AUC"]
    widths = [alone[group].high - alone[group].low for group in "AB"]
    assert line.high - line.low == pytest.approx(np.hypot(*widths), rel=0.25)  # variances of other patients add
    assert table.loc["no minus yes", ["AUC", "sensitivity", "specificity"]].isna().all()


def test_subgroups_by_patient_take_one_row_of_each():
    rows, risks, attributes = cohort()
    people, means = by_patient(rows, risks)
    table = subgroup_table(people, means, attributes, 0.5, draws=50).set_index("group")
    keep = people.patients % 2 == 0
    assert table.loc["A", "AUC"].estimate == auc(people.labels[keep], two_columns(means[keep]))
    assert people.rows(keep).patients.tolist() == people.patients[keep].tolist()


def test_leads_are_the_differences_that_leave_out_zero():
    found = [Interval(0.1, 0.02, 0.2), Interval(0.1, -0.1, 0.2), None, Interval(-0.3, -0.5, -0.1)]
    table = pd.DataFrame({"attribute": "site", "groups": ["A minus B", "A minus C"], "AUC": found[:2]})
    table = table.assign(sensitivity=found[2:], specificity=[found[1], found[1]])
    lines = leads(table)
    assert lines[["groups", "score"]].to_numpy().tolist() == [["A minus B", "AUC"], ["A minus C", "sensitivity"]]
    assert lines["difference"].tolist() == [found[0], found[3]]
    assert len(leads(table.iloc[:0])) == 0


def test_groups_that_do_not_differ_are_rarely_said_to():
    """Thirty studies, three differences each: together they hold all truths in 95 of 100 studies."""
    off = 0
    for seed in range(30):
        rng = np.random.default_rng(seed)
        rows = images(rng.integers(0, 2, 160))
        table = pd.DataFrame({"site": rng.choice(["A", "B"], 160)})
        found = subgroup_differences(rows, expit(rng.normal(rows.labels, 1)), table, 0.5, draws=200).iloc[0, 2:]
        off += any(interval.low > 0 or interval.high < 0 for interval in found)
    assert off <= 6


def test_a_score_of_one_still_has_an_interval():
    rows, _, attributes = cohort()
    perfect = np.where(rows.labels == 1, 0.9, 0.1)
    difference = subgroup_differences(rows, perfect, attributes, 0.5, draws=50).set_index("groups").loc["A minus B"]
    alone = subgroup_table(rows, perfect, attributes, 0.5, draws=50).set_index("group").loc["A"]
    for score in ("AUC", "sensitivity", "specificity"):
        assert difference[score].low < 0 < difference[score].high
        assert alone[score].low < alone[score].estimate == 1


def test_a_group_of_a_few_gets_no_score():
    rows, risks, attributes = cohort()
    table = subgroup_table(rows, risks, attributes, 0.5, draws=20).set_index("group")
    assert table.loc["yes", "patients"] <= 4
    assert table.loc["yes", ["AUC", "sensitivity", "specificity"]].isna().all()


def test_patients_of_whom_nothing_is_known_belong_to_no_group():
    rows, risks, attributes = cohort()
    table = subgroup_table(rows, risks, attributes.iloc[:50], 0.5, draws=20)
    assert table.loc[table["attribute"] == "site", "patients"].sum() == len(
        np.unique(rows.patients[rows.patients < 50])
    )
