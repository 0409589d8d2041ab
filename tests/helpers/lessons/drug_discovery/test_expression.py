"""A cohort holds what it was made with, the linear model is the textbook's, and an ignored batch breaks its promise."""

import numpy as np
import pandas as pd
import pytest
from scipy import stats

from helpers.lessons.drug_discovery import expression

DRIVERS = np.arange(400) < 40


def cohort(seed=1, **options):
    return expression.simulate_cohort(DRIVERS, np.random.default_rng(seed), **options)


def test_half_are_cases_and_batches_lean_as_asked():
    made = cohort(people=80, in_batch=0.75)
    assert made.values.shape == (80, 400)
    assert made.case.sum() == 40
    assert made.batch[made.case].mean() == 0.75
    assert made.batch[~made.case].mean() == 0.25


def test_the_same_seed_gives_the_same_bits():
    assert (cohort(3).values == cohort(3).values).all()
    assert (cohort(3).values != cohort(4).values).any()


def test_without_the_batch_it_is_students_t_test():
    made = cohort()
    tested = expression.compare_genes(made, batch=False)
    expected = stats.ttest_ind(made.values[made.case], made.values[~made.case])
    assert tested.p == pytest.approx(expected.pvalue)
    assert tested.effect == pytest.approx(made.values[made.case].mean(axis=0) - made.values[~made.case].mean(axis=0))


def test_a_shift_of_the_batch_moves_nothing_where_it_is_in_the_model():
    made = cohort()
    moved = made._replace(values=made.values + np.outer(made.batch, np.arange(400)))
    with_batch = [expression.compare_genes(one, batch=True) for one in (made, moved)]
    assert with_batch[0].p == pytest.approx(with_batch[1].p)
    without = [expression.compare_genes(one, batch=False) for one in (made, moved)]
    assert abs(without[0].effect - without[1].effect).max() > 1


def test_a_batch_that_is_the_disease_is_refused():
    with pytest.raises(ValueError, match="no model can tell them apart"):
        expression.compare_genes(cohort(in_batch=1), batch=True)


def test_the_promise_holds_with_the_batch_in_the_model_and_not_without():
    false = {True: [], False: []}
    for seed in range(12):
        made = cohort(seed)
        for batch in false:
            called = expression.adjusted(expression.compare_genes(made, batch=batch).p) <= 0.05
            false[batch].append(expression.discoveries(called, DRIVERS)["false share"])
    assert np.mean(false[True]) < 0.12
    assert np.mean(false[False]) > 0.4


def test_discoveries_of_none_and_of_some():
    nothing = expression.discoveries(np.zeros(400, bool), DRIVERS)
    assert nothing == {"called": 0, "false share": 0.0, "share of drivers": 0.0}
    called = np.zeros(400, bool)
    called[30:50] = True
    assert expression.discoveries(called, DRIVERS) == {"called": 20, "false share": 0.5, "share of drivers": 0.25}


@pytest.mark.parametrize(("people", "in_batch"), [(6, 0.5), (40, 1.5)])
def test_demands_that_cannot_be_met_are_refused(people, in_batch):
    with pytest.raises(ValueError, match="expected 8 people or more"):
        cohort(people=people, in_batch=in_batch)


def test_an_average_is_the_mean_with_its_interval():
    tables = [pd.DataFrame({"called": [k], "false": [k / 10]}, index=["way"]) for k in range(10)]
    shown = expression.average(tables, draws=100, seed=1)
    one = shown.loc["way", "false"]
    assert one.low < one.estimate < one.high
    assert one.estimate == pytest.approx(0.45)
    assert str(shown.loc["way", "called"]).startswith("4 (") or str(shown.loc["way", "called"]).startswith("5 (")
