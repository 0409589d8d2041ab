"""helpers.lessons.overfitting.cross_validation: what it promises about patients that a model has, or has not, seen."""

import numpy as np
import pytest
from sample_scores import rows_of
from sklearn.linear_model import Ridge
from sklearn.model_selection import GroupKFold

from helpers import evaluation
from helpers.datasets.contract import Split
from helpers.lessons.overfitting.cross_validation import best_strength, cross_validated, halves, nested, ridge_scores

OPTIONS = {"folds": 4, "seed": 1}


@pytest.fixture(scope="module")
def strangers():
    """Each patient has a look of their own and a label by chance: nothing can be learned about others."""
    rng = np.random.default_rng(5)
    looks = rng.integers(0, 255, (60, 4, 4, 1)).astype(np.uint8)
    patients = np.repeat(np.arange(60), 3)
    return Split(looks[patients], rng.integers(0, 2, 60)[patients], patients)


def test_halves_keep_patients_whole_or_do_not():
    rows = rows_of(np.arange(40) % 2, np.arange(40) // 4)
    one, other = halves(rows, by_patient=True, seed=1)
    assert not set(one.patients) & set(other.patients)
    assert (len(one), len(other)) == (20, 20)
    one, other = halves(rows, by_patient=False, seed=1)
    assert set(one.patients) & set(other.patients)
    assert (len(one), len(other)) == (20, 20)


def test_by_image_is_fooled_by_patients_and_by_patient_is_not(strangers):
    assert cross_validated(strangers, 1.0, 2, by_patient=False, **OPTIONS) > 0.64
    assert cross_validated(strangers, 1.0, 2, by_patient=True, **OPTIONS) < 0.58


def test_each_row_is_scored_by_the_model_without_its_fold(strangers):
    x, scores = strangers.images.reshape(180, -1) / 255, np.empty((180, 2))
    for rest, fold in GroupKFold(4, shuffle=True, random_state=1).split(x, groups=strangers.patients):
        model = Ridge(alpha=3.0).fit(x[rest], np.eye(2)[strangers.labels[rest]])
        scores[fold] = model.predict(x[fold])
        again = ridge_scores(strangers.rows(rest), strangers.rows(fold), 3.0, 2)
        np.testing.assert_allclose(again, scores[fold])
    found = cross_validated(strangers, 3.0, 2, by_patient=True, **OPTIONS)
    assert found == pytest.approx(evaluation.auc(strangers.labels, scores))


def test_the_best_strength_is_the_one_with_the_highest_score(strangers):
    strengths = (0.1, 10.0, 1000.0)
    scores = [cross_validated(strangers, one, 2, by_patient=True, **OPTIONS) for one in strengths]
    assert best_strength(strangers, strengths, 2, **OPTIONS) == (strengths[np.argmax(scores)], max(scores))
    assert 0.3 < nested(strangers, strengths, 2, **OPTIONS) < 0.65


def test_rows_of_one_class_have_no_score(strangers):
    alone = strangers.rows(strangers.labels == 1)
    assert np.isnan(cross_validated(alone, 1.0, 2, by_patient=True, **OPTIONS))
    assert best_strength(alone, (1.0, 2.0), 2, **OPTIONS)[0] == 1.0
