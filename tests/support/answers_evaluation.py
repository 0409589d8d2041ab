"""Answers to the exercises of notebook 04: right ones, blanks, and mistakes with a part of the hint that meets each."""

import numpy as np
from sklearn.metrics import roc_auc_score, roc_curve


def screened(found, missed, alarms, left) -> dict:
    return {"found": found, "missed": missed, "false alarms": alarms, "rightly left alone": left}


# 04.2: the highest threshold with enough sensitivity, and its PPV in the programme


def ppv_of(se, sp, prevalence):
    return se * prevalence / (se * prevalence + (1 - sp) * (1 - prevalence))


def rates(diseased, risks, threshold):
    return np.mean(risks[diseased == 1] >= threshold), np.mean(risks[diseased == 0] < threshold)


def plan_by_sorting(diseased, risks, sensitivity, prevalence):
    of_ill = np.sort(risks[diseased == 1])[::-1]
    threshold = of_ill[int(np.ceil(round(sensitivity * len(of_ill), 9))) - 1]
    return threshold, ppv_of(*rates(diseased, risks, threshold), prevalence)


def plan_by_trying(diseased, risks, sensitivity, prevalence):
    for threshold in sorted(set(risks.tolist()), reverse=True):
        se, sp = rates(diseased, risks, threshold)
        if se >= sensitivity - 1e-12:
            break
    ill = se * prevalence
    return [threshold, ill / (ill + (1 - sp) * (1 - prevalence))]


def plan_with_scikit_learn(diseased, risks, sensitivity, prevalence):
    false, found, thresholds = roc_curve(diseased, risks, drop_intermediate=False)
    k = int(np.argmax(found >= sensitivity - 1e-12))
    return np.array([thresholds[k]])[0], ppv_of(found[k], 1 - false[k], prevalence)


def plan_counting(count):
    """A plan that takes count(sensitivity * diseased) of the highest risks of the diseased."""

    def plan(diseased, risks, sensitivity, prevalence):
        of_ill = np.sort(risks[diseased == 1])[::-1]
        threshold = of_ill[min(count(sensitivity * len(of_ill)), len(of_ill)) - 1]
        return threshold, ppv_of(*rates(diseased, risks, threshold), prevalence)

    return plan


def plan_with_the_ppv_of_the_study(diseased, risks, sensitivity, prevalence):
    threshold, _ = plan_by_sorting(diseased, risks, sensitivity, prevalence)
    return threshold, np.mean(diseased[risks >= threshold])


def plan_that_calls_everybody(diseased, risks, sensitivity, prevalence):
    return 0.0, prevalence


def plan_on_everybody(diseased, risks, sensitivity, prevalence):
    threshold = np.quantile(risks, 0.9)
    return threshold, ppv_of(*rates(diseased, risks, threshold), prevalence)


def plan_with_npv(diseased, risks, sensitivity, prevalence):
    threshold, _ = plan_by_sorting(diseased, risks, sensitivity, prevalence)
    se, sp = rates(diseased, risks, threshold)
    return threshold, sp * (1 - prevalence) / (sp * (1 - prevalence) + (1 - se) * prevalence)


# 04.4: the paired interval over patients


def differences(rows_of, diseased, first, second, draws, paired=True):
    """AUC of the first minus AUC of the second on each draw of the units in rows_of."""
    rng, found = np.random.default_rng(7), []
    for _ in range(draws):
        one, other = (np.concatenate([rows_of[k] for k in rng.integers(len(rows_of), size=len(rows_of))]) for _ in "ab")
        other = one if paired else other
        found.append(roc_auc_score(diseased[one], first[one]) - roc_auc_score(diseased[other], second[other]))
    return np.array(found)


def each_row(patients):
    return [np.array([row]) for row in range(len(patients))]


def each_patient(patients):
    return [np.flatnonzero(patients == patient) for patient in np.unique(patients)]


def interval_by_lists(diseased, first, second, patients, draws):
    found = differences(each_patient(patients), diseased, first, second, draws)
    return np.quantile(found, [0.025, 0.975])


def interval_by_weights(diseased, first, second, patients, draws):
    """Another way: each row weighs as often as its patient was drawn, and the ends are counted off."""
    rng, people = np.random.default_rng(8), np.unique(patients)
    found = []
    for _ in range(draws):
        times = np.bincount(rng.integers(len(people), size=len(people)), minlength=len(people))
        weight = times[np.searchsorted(people, patients)]
        areas = [roc_auc_score(diseased, risks, sample_weight=weight) for risks in (first, second)]
        found.append(float(areas[0] - areas[1]))
    found.sort()
    return found[int(0.025 * draws)], found[int(0.975 * draws)]


def interval_of_rows(diseased, first, second, patients, draws):
    return np.quantile(differences(each_row(patients), diseased, first, second, draws), [0.025, 0.975])


def interval_unpaired(diseased, first, second, patients, draws):
    found = differences(each_patient(patients), diseased, first, second, draws, paired=False)
    return np.quantile(found, [0.025, 0.975])


def interval_turned_round(diseased, first, second, patients, draws):
    return interval_by_lists(diseased, second, first, patients, draws)


READING = {"A": "too extreme", "B": "calibrated", "C": "too high", "D": "too timid"}
LEAKS = {"A": "patients", "B": "selection", "C": "none", "D": "future", "E": "test set chose"}

RIGHT = {
    "04.1": [
        screened(190, 10, 2940, 6860),
        screened(np.int64(190), 10.0, 2940, 6860),
        screened(0.95 * 200, (1 - 0.95) * 200, (1 - 0.70) * 9800, 0.70 * 9800),
    ],
    "04.2": [plan_by_sorting, plan_by_trying, plan_with_scikit_learn],
    "04.3": [READING, dict(reversed(READING.items()))],
    "04.4": [interval_by_lists, interval_by_weights],
    "04.5": [LEAKS, dict(reversed(LEAKS.items()))],
}

STUBS = {
    "04.1": [None, screened(None, None, None, None), screened(190, 10, ..., 6860)],
    "04.2": [None, ..., lambda diseased, risks, sensitivity, prevalence: ...],
    "04.3": [None, dict.fromkeys(READING), READING | {"D": None}],
    "04.4": [None, ..., lambda diseased, first, second, patients, draws: ...],
    "04.5": [None, dict.fromkeys(LEAKS), LEAKS | {"C": ...}],
}

WRONG = {
    "04.1": [
        (screened(9500, 10, 2940, 6860), "share of the diseased, not of all"),
        (screened(190, 500, 2940, 6860), "the missed are diseased people"),
        (screened(190, 10, 6860, 2940), "the false alarms are the others"),
        (screened(190, 10, 3000, 6860), "among those without it only"),
        (screened(190, 10, 2940, 7000), "share of those without it, not of all"),
        (screened("190", 10, 2940, 6860), "200 people with the disease and 9,800 without"),
        ({"found": 190}, "exactly the keys"),
    ],
    "04.2": [
        (plan_with_the_ppv_of_the_study, "another prevalence"),
        (plan_that_calls_everybody, "a higher threshold"),
        (plan_on_everybody, "was asked for"),
        (plan_with_npv, "the PPV is"),
        (plan_counting(round), "was asked for"),
        (plan_counting(lambda needed: int(needed) + 1), "a higher threshold"),
        (plan_counting(lambda needed: int(np.ceil(needed))), "a higher threshold"),
        (lambda diseased, risks, sensitivity, prevalence: 0.5, "two numbers"),
        (lambda diseased, risks: (0.5, 0.5), "TypeError"),
    ],
    "04.3": [
        (READING | {"A": "too timid"}, "more are ill"),
        (READING | {"D": "too extreme"}, "hardly anybody"),
        (READING | {"C": "too extreme"}, "same direction"),
        (READING | {"B": "too high"}, "point by point"),
        (READING | {"B": "fine"}, "choose one of"),
        ({"A": "too extreme"}, "exactly the keys"),
    ],
    "04.4": [
        (interval_of_rows, "draw patients"),
        (interval_unpaired, "on each draw take both AUCs"),
        (interval_turned_round, "second minus first"),
        (lambda diseased, first, second, patients, draws: 0.1, "two numbers"),
        (lambda diseased, first, second, patients, draws: (0.2, 0.1), "the lower end first"),
        (lambda diseased, first, second, patients, draws: (0.5, 0.6), "does not hold it"),
    ],
    "04.5": [
        (LEAKS | {"A": "none"}, "four images"),
        (LEAKS | {"B": "none"}, "whose labels"),
        (LEAKS | {"C": "selection"}, "what does each step see"),
        (LEAKS | {"D": "none"}, "laboratory value"),
        (LEAKS | {"E": "none"}, "best of the ten"),
        (LEAKS | {"E": "yes"}, "choose one of"),
    ],
}
