"""Scores against scikit-learn, intervals against a count by hand and against studies of known truth, floors, tables."""

import time

import numpy as np
import pandas as pd
import pytest
from sklearn.linear_model import LogisticRegression
from sklearn.metrics import accuracy_score, log_loss, recall_score, roc_auc_score
from sklearn.preprocessing import StandardScaler

from helpers.datasets import Split
from helpers.evaluation import (
    C_VALUES,
    Interval,
    accuracy,
    auc,
    bootstrap,
    bootstrap_difference,
    bootstrap_groups,
    called_right,
    check_risks,
    class_columns,
    confusion,
    fit_floors,
    operating_point,
    recall_of,
    recall_table,
    score_table,
)


def rows_of(labels, patients=None) -> Split:
    labels = np.asarray(labels, dtype=np.int64)
    patients = np.arange(len(labels)) if patients is None else np.asarray(patients)
    return Split(np.zeros((len(labels), 1, 1, 1), np.uint8), labels, patients)


def guesses(n: int, classes: int, seed: int, digits: int = 8) -> tuple[np.ndarray, np.ndarray]:
    """Labels and better-than-chance probabilities; few digits make ties."""
    rng = np.random.default_rng(seed)
    labels = np.r_[np.arange(classes), rng.integers(0, classes, n - classes)]
    scores = np.round(rng.uniform(0.1, 1, (n, classes)) + 0.5 * np.eye(classes)[labels], digits)
    return labels, scores / scores.sum(axis=1, keepdims=True)


def binary(scores: np.ndarray) -> np.ndarray:
    return np.stack([1 - scores, scores], axis=1)


@pytest.mark.parametrize("seed", range(4))
@pytest.mark.parametrize("n", [7, 200])
def test_auc_of_two_classes_is_that_of_scikit_learn(n, seed):
    labels, p = guesses(n, 2, seed)
    assert auc(labels, p) == pytest.approx(roc_auc_score(labels, p[:, 1]), abs=1e-12)


@pytest.mark.parametrize("seed", range(4))
def test_auc_with_ties_is_that_of_scikit_learn(seed):
    rng = np.random.default_rng(seed)
    labels, p = np.r_[0, 1, rng.integers(0, 2, 60)], binary(rng.integers(0, 4, 62) / 4)
    assert auc(labels, p) == pytest.approx(roc_auc_score(labels, p[:, 1]), abs=1e-12)


@pytest.mark.parametrize("digits", [8, 1])
@pytest.mark.parametrize("classes", [3, 5])
def test_auc_of_more_classes_is_that_of_scikit_learn(classes, digits):
    labels, p = guesses(150, classes, 1, digits)
    expected = roc_auc_score(labels, p, multi_class="ovr", average="macro")
    assert auc(labels, p) == pytest.approx(expected, abs=1e-12)


def test_auc_of_known_rankings():
    labels = np.array([0, 0, 1, 1])
    assert auc(labels, binary(np.array([0.1, 0.2, 0.3, 0.4]))) == 1
    assert auc(labels, binary(np.array([0.4, 0.3, 0.2, 0.1]))) == 0
    assert auc(labels, binary(np.full(4, 0.5))) == 0.5
    assert auc(labels, binary(np.array([0.1, 0.3, 0.2, 0.4]))) == 0.75


def test_auc_needs_every_class():
    with pytest.raises(ValueError, match="class 2 needs images with and without it"):
        auc(np.array([0, 1, 1]), np.full((3, 3), 1 / 3))


def test_class_columns_leaves_classes_and_rescales():
    p = np.array([[0.2, 0.2, 0.1, 0.5], [0.0, 0.3, 0.3, 0.4]])
    np.testing.assert_allclose(class_columns(p, 3), [[0.4, 0.4, 0.2], [0, 0.5, 0.5]])
    np.testing.assert_allclose(class_columns(p, 4), p)


@pytest.mark.parametrize("classes", [2, 3])
def test_accuracy_and_recall_are_those_of_scikit_learn(classes):
    labels, p = guesses(100, classes, 5)
    called = p.argmax(axis=1)
    assert accuracy(labels, p) == pytest.approx(accuracy_score(labels, called))
    recalls = recall_score(labels, called, average=None)
    assert [recall_of(k)(labels, p) for k in range(classes)] == pytest.approx(recalls.tolist())


def test_an_interval_is_written_without_leading_zeros():
    assert str(Interval(1.0, 0.5, 1.0)) == "1.000 (.500 to 1.000)"
    assert str(Interval(0.0, 0.0, 0.0416)) == ".000 (.000 to .042)"


def count_mean(labels, probabilities):
    return float(probabilities[:, 1].mean())


def test_bootstrap_by_hand():
    """Two patients with values (1, 1, 1) and (0): the draws AA, AB or BA, BB have the means 1, 3/4, 0."""
    rows = rows_of([0, 0, 0, 0], ["A", "A", "B", "A"])
    p = binary(np.array([1.0, 1.0, 0.0, 1.0]))
    seen = []

    def metric(labels, probabilities):
        seen.append(count_mean(labels, probabilities))
        return seen[-1]

    interval = bootstrap(metric, rows, p, draws=4000)
    *drawn, estimate = seen
    assert estimate == interval.estimate == 0.75
    values, share = np.unique(drawn, return_counts=True)
    assert values.tolist() == [0, 0.75, 1]
    np.testing.assert_allclose(share / 4000, [1 / 4, 1 / 2, 1 / 4], atol=0.04)
    assert (interval.low, interval.high) == (0, 1)


def test_bootstrap_draws_are_whole_patients_paired_with_their_probabilities():
    """Each image carries its own row number; whatever is drawn, a patient's images come together."""
    patients = np.array([4, 9, 4, 7, 9, 9, 7])
    labels = np.arange(7) % 2
    p = np.stack([labels + 10.0 * patients, np.arange(7.0)], axis=1)
    seen = []

    def metric(drawn_labels, drawn):
        np.testing.assert_array_equal(drawn[:, 0] % 10, drawn_labels)
        times = [np.bincount(drawn[drawn[:, 0] // 10 == person, 1].astype(int), minlength=7) for person in (4, 7, 9)]
        for person, counted in zip((4, 7, 9), times, strict=True):
            assert len(set(counted[patients == person])) == 1
        seen.append(sum(counted.max() for counted in times))
        return 0.0

    bootstrap(metric, rows_of(labels, patients), p, draws=50)
    assert set(seen) == {3}


def test_bootstrap_ends_are_the_quantiles_of_the_level():
    rng = np.random.default_rng(0)
    rows, p = rows_of(np.zeros(50)), binary(rng.uniform(size=50))
    seen = []

    def metric(labels, probabilities):
        seen.append(count_mean(labels, probabilities))
        return seen[-1]

    for level, ends in ((0.95, (0.025, 0.975)), (0.8, (0.1, 0.9))):
        seen.clear()
        interval = bootstrap(metric, rows, p, draws=200, level=level)
        assert (interval.low, interval.high) == pytest.approx(np.quantile(seen[:-1], ends))


def test_copies_of_an_image_tell_nothing_new():
    """Four copies per patient: the interval over patients stays that of one image each, that over images halves."""
    labels, p = guesses(80, 2, 3)
    copies = np.repeat(np.arange(80), 4)
    once = bootstrap(accuracy, rows_of(labels), p)
    patients = bootstrap(accuracy, rows_of(labels[copies], copies), p[copies])
    images = bootstrap(accuracy, rows_of(labels[copies]), p[copies])
    assert patients.high - patients.low == pytest.approx(once.high - once.low, rel=0.01)
    assert (images.high - images.low) / (patients.high - patients.low) == pytest.approx(0.5, abs=0.1)


def test_intervals_cover_the_truth_as_often_as_they_say():
    """200 studies of 60 patients, 1 to 4 images each, whose calls agree within a patient; the truth is .70.

    The share of 95 % intervals that hold it should be .95, a little less for the percentile method; with 200 studies
    its standard error is .015. Intervals over images, which take each image for a person, hold it less often.
    """
    rng = np.random.default_rng(7)
    covered = {"patients": 0, "images": 0}
    for study in range(200):
        right = rng.uniform(size=60) < 0.7
        patients = np.repeat(np.arange(60), rng.integers(1, 5, 60))
        p = binary(np.where(right[patients], 0.9, 0.1))
        for unit, people in (("patients", patients), ("images", None)):
            interval = bootstrap(accuracy, rows_of(np.ones(len(patients)), people), p, draws=120, seed=study)
            covered[unit] += interval.low <= 0.7 <= interval.high
    assert 0.90 <= covered["patients"] / 200 <= 0.98
    assert covered["images"] / 200 < 0.88


def test_draws_that_lack_a_class_are_drawn_again():
    """One diseased among six: about a third of all draws lack her, and an AUC of those would be an error."""
    rows, p = rows_of([1, 0, 0, 0, 0, 0]), binary(np.array([0.6, 0.1, 0.7, 0.3, 0.2, 0.5]))
    seen = []

    def metric(labels, probabilities):
        seen.append(len(np.unique(labels)))
        return auc(labels, probabilities)

    interval = bootstrap(metric, rows, p, draws=100)
    assert seen == [2] * 101
    assert interval.estimate == 0.8


def test_bootstrap_is_the_same_by_seed():
    labels, p = guesses(60, 3, 2)
    one, again, other = (bootstrap(auc, rows_of(labels), p, draws=50, seed=seed) for seed in (1, 1, 2))
    assert one == again
    assert one != other
    assert one.estimate == other.estimate


def pictures(n: int, seed: int, classes: int = 2) -> Split:
    """Images 4×4 whose class brightens one pixel a little: learnable, with noise to overfit."""
    rng = np.random.default_rng(seed)
    labels = np.arange(n) % classes
    images = rng.normal(120, 40, (n, 4, 4, 1))
    images[np.arange(n), labels, 0, 0] += 45
    return Split(np.clip(images, 0, 255).astype(np.uint8), labels, np.arange(n))


@pytest.fixture(scope="module")
def floors():
    train, validation = pictures(40, 0), pictures(60, 1)
    return train, validation, fit_floors(train, validation)


def test_floors_give_probabilities_of_the_classes(floors):
    _, validation, fitted = floors
    assert list(fitted) == ["majority class", "mean intensity", "logistic regression"]
    for model in fitted.values():
        p = model.predict_proba(validation.images)
        assert p.shape == (60, 2)
        np.testing.assert_allclose(p.sum(axis=1), 1)


def test_majority_class_says_the_shares_in_training():
    train = pictures(40, 0).rows(np.r_[0:40:2, 1, 3, 5, 7, 9])
    p = fit_floors(train, pictures(20, 1))["majority class"].predict_proba(pictures(30, 2).images)
    np.testing.assert_allclose(p, np.tile([0.8, 0.2], (30, 1)))
    assert auc(pictures(30, 2).labels, p) == 0.5


def test_mean_intensity_uses_the_mean_alone(floors):
    model = floors[2]["mean intensity"]
    images = pictures(10, 3).images
    shuffled = np.random.default_rng(0).permutation(images.reshape(10, -1), axis=1).reshape(images.shape)
    np.testing.assert_allclose(model.predict_proba(images), model.predict_proba(shuffled))
    brighter = np.stack([np.full((4, 4, 1), grey, np.uint8) for grey in (90, 120, 150)])
    steps = np.diff(model.predict_proba(brighter)[:, 1])
    assert (steps > 0).all() or (steps < 0).all()


def penalty(model) -> float:
    return model[-1].C


@pytest.mark.parametrize(("n", "seed", "classes"), [(40, 0, 2), (400, 5, 2), (45, 2, 3)])
def test_the_penalty_is_the_one_with_the_least_loss_on_validation(n, seed, classes):
    train, validation = pictures(n, seed, classes), pictures(60, seed + 1, classes)
    scale = StandardScaler().fit(train.images.reshape(n, -1).astype(float))
    x, x_validation = (scale.transform(part.images.reshape(len(part), -1)) for part in (train, validation))
    losses = []
    for c in C_VALUES:
        by_hand = LogisticRegression(C=c, max_iter=500).fit(x, train.labels)
        losses.append(log_loss(validation.labels, by_hand.predict_proba(x_validation)))
    chosen = fit_floors(train, validation)["logistic regression"]
    assert penalty(chosen) == C_VALUES[np.argmin(losses)]
    given = log_loss(validation.labels, chosen.predict_proba(validation.images))
    assert given == pytest.approx(min(losses), abs=1e-4)


def test_the_choice_of_penalty_looks_at_validation(floors):
    """Where validation contradicts training the strongest penalty wins; where it is the training set, the weakest."""
    train = floors[0]
    contrary = Split(train.images, 1 - train.labels, train.patients)
    assert penalty(fit_floors(train, contrary)["logistic regression"]) == C_VALUES[0]
    assert penalty(fit_floors(train, train)["logistic regression"]) == C_VALUES[-1]


def test_a_linear_model_beats_the_floors_below_it(floors):
    test = pictures(400, 9)
    scores = {name: auc(test.labels, model.predict_proba(test.images)) for name, model in floors[2].items()}
    assert scores["logistic regression"] > 0.65
    assert scores["mean intensity"] < 0.6


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


def test_confusion_has_the_true_class_in_rows():
    """Four well, all called well; two ill, one of them called well."""
    labels = np.array([0, 0, 0, 0, 1, 1])
    p = binary(np.array([0.1, 0.2, 0.1, 0.3, 0.4, 0.8]))
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
    p = binary(np.array([0.9, 0.6, 0.5, 0.2, 0.7, 0.4, 0.3, 0.2, 0.1]))
    point = operating_point(p, rows_of(labels), 1, 0.5, draws=30)
    assert point["sensitivity"].estimate == 3 / 4
    assert point["specificity"].estimate == 4 / 5
    assert point["accuracy"].estimate == 7 / 9
    of_class_0 = operating_point(p, rows_of(labels), 0, 0.5, draws=30)
    assert of_class_0["sensitivity"].estimate == 4 / 5  # the patient with exactly .5 reaches it in both classes
    assert of_class_0["specificity"].estimate == 2 / 4


def test_an_operating_point_needs_both_the_ill_and_the_well():
    with pytest.raises(ValueError, match="with and without class 1"):
        operating_point(binary(np.array([0.2, 0.7])), rows_of(np.array([1, 1])), 1, 0.5)


def test_recall_table_leaves_out_a_class_that_nobody_has():
    labels, p = guesses(50, 3, 0)
    table = recall_table(p[labels < 2], rows_of(labels[labels < 2]), ("a", "b", "c"), draws=30)
    assert table.index.tolist() == ["a", "b"]


def patients_with_several(n: int, seed: int) -> np.ndarray:
    return np.random.default_rng(seed).integers(0, n // 3, n)


@pytest.mark.parametrize("digits", [8, 1])
@pytest.mark.parametrize("classes", [2, 3])
def test_many_draws_at_once_are_the_draws_one_by_one(classes, digits):
    """The fast way by weights and the slow one, which scores the drawn rows of each draw, give the same bits."""
    labels, p = guesses(90, classes, 6, digits)
    rows = rows_of(labels, patients_with_several(90, 1))
    for metric in (auc, accuracy, recall_of(1), called_right(1, 0.4, "diseased"), called_right(1, 0.4, "others")):
        fast = bootstrap(metric, rows, p, draws=150, seed=3)
        slow = bootstrap(lambda y, q, metric=metric: metric(y, q), rows, p, draws=150, seed=3)
        assert fast == slow


def test_weighted_auc_is_that_of_scikit_learn():
    rng = np.random.default_rng(4)
    labels, p = guesses(80, 2, 4, 1)
    weights = rng.integers(0, 4, (5, 80)).astype(float)
    expected = [roc_auc_score(labels, p[:, 1], sample_weight=one) for one in weights]
    np.testing.assert_allclose(auc(labels, p, weights), expected, atol=1e-12)


def test_a_difference_is_paired():
    """The same draws for both models: of a model with itself it is exactly zero, and it is narrower than unpaired."""
    labels, p = guesses(150, 2, 8)
    other = binary(np.clip(p[:, 1] + np.random.default_rng(1).normal(0, 0.02, 150), 0, 1))
    rows = rows_of(labels, patients_with_several(150, 2))
    assert bootstrap_difference(auc, rows, p, p, draws=50) == Interval(0, 0, 0)
    paired = bootstrap_difference(auc, rows, p, other, draws=300)
    both = np.stack([p, other], axis=-1)
    slow = bootstrap(lambda y, q: auc(y, q[..., 0]) - auc(y, q[..., 1]), rows, both, draws=300)
    assert paired == slow
    alone = bootstrap(auc, rows, p, draws=300)
    assert paired.high - paired.low < 0.5 * (alone.high - alone.low)


def test_two_thousand_resamples_of_five_thousand_rows_take_less_than_two_seconds():
    labels, p = guesses(5000, 2, 1)
    rows = rows_of(labels)
    start = time.process_time()
    bootstrap(auc, rows, p, draws=2000)
    assert time.process_time() - start < 2  # measured: 0.5 s


def test_groups_of_one_row_are_rows():
    values = np.arange(20.0)
    interval = bootstrap_groups(lambda index: float(values[index].mean()), np.arange(20), draws=400)
    assert interval.estimate == 9.5
    # the standard error of the mean is sd / sqrt(n) = 5.77 / 4.47 = 1.29
    assert interval.high - interval.low == pytest.approx(2 * 1.96 * 1.29, rel=0.12)


BROKEN = [
    (np.array([[0.5, np.nan], [0.5, 0.5]]), "1 values are NaN"),
    (np.array([[-2.0, 3.0], [0.5, 0.5]]), "are these logits"),
    (np.array([[0.5, 0.5], [0.5, 0.9]]), "found 1.4 in row 1"),
    (np.array([[0.5, 0.5]]), "one row per label, found \\(1, 2\\)"),
    (np.array([0.5, 0.5]), "found \\(2,\\)"),
    (np.array([[1.0], [1.0]]), "labels: expected 0 to 0"),
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


def test_an_order_need_not_be_probabilities_but_must_be_numbers():
    labels = np.array([0, 1, 1])
    assert auc(labels, np.array([[0, -3.0], [0, 5.0], [0, -1.0]])) == 1
    with pytest.raises(ValueError, match="NaN"):
        auc(labels, np.full((3, 2), np.nan))
    with pytest.raises(ValueError, match="at least one row"):
        auc(np.array([], int), np.empty((0, 2)))


@pytest.mark.parametrize(
    ("diseased", "risks", "said"),
    [
        ([0, 1], [0.2], "one risk per row"),
        ([0, 2], [0.2, 0.3], "expected 0 and 1"),
        ([0, 1], [0.2, np.nan], "NaN"),
        ([0, 1], [0.2, 1.2], "from 0 to 1"),
        ([1, 1], [0.2, 0.4], "found 2 of 2"),
        ([], [], "one risk per row"),
    ],
)
def test_what_is_no_risk_is_refused_with_a_sentence(diseased, risks, said):
    with pytest.raises(ValueError, match=said):
        check_risks(np.array(diseased), np.array(risks))


def test_a_negative_difference_keeps_its_sign():
    assert str(Interval(-0.012, -0.3, 0.02)) == "-.012 (-.300 to .020)"


def test_called_right_among_nobody_known():
    with pytest.raises(ValueError, match="diseased, others, all"):
        called_right(1, 0.5, "somebody")
