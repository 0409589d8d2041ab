"""Answers to the exercises of notebook 05: right ones, blanks, and mistakes with a part of the hint that meets each."""

import numpy as np

DIAGNOSIS = {
    "A": "overfitting",
    "B": "underfitting",
    "C": "learning rate too large",
    "D": "validation easier than training",
}


# 05.2: the strength with the lowest mean validation loss


def strength_by_means(strengths, losses):
    means = losses.mean(axis=1)
    return max(s for s, mean in zip(strengths, means, strict=True) if mean == means.min())


def strength_from_the_end(strengths, losses):
    last = len(strengths) - 1
    return strengths[last - int(np.argmin(losses.mean(axis=1)[::-1]))]


def strength_of_the_luckiest_fit(strengths, losses):
    return strengths[int(np.unravel_index(losses.argmin(), losses.shape)[0])]


# 05.3: inverted dropout


def dropout_by_mask(values, rate, rng, training):
    return (rng.random(values.shape) >= rate) * values / (1 - rate) if training else values


def dropout_by_choice(values, rate, rng, training):
    if not training:
        return values.copy()
    dropped = values / (1 - rate)
    dropped[rng.choice([True, False], values.shape, p=[rate, 1 - rate])] = 0
    return dropped


def dropout_unscaled(values, rate, rng, training):
    return (rng.random(values.shape) >= rate) * values if training else values


def dropout_always(values, rate, rng, training):
    return (rng.random(values.shape) >= rate) * values / (1 - rate)


def dropout_turned_round(values, rate, rng, training):
    return (rng.random(values.shape) < rate) * values / (1 - rate) if training else values


def dropout_of_columns(values, rate, rng, training):
    return (rng.permutation(values.shape[1]) >= rate * values.shape[1]) * values / (1 - rate) if training else values


def dropout_of_rows(values, rate, rng, training):
    whole = rng.permutation(len(values)) >= rate * len(values)
    return whole[:, None] * values / (1 - rate) if training else values


def dropout_of_1970(values, rate, rng, training):
    """Scaled outside training, as before inverted dropout."""
    return (rng.random(values.shape) >= rate) * values if training else values * (1 - rate)


# 05.4: early stopping


def stop_by_walking(losses, patience):
    best = 1
    for epoch, loss in enumerate(losses, start=1):
        if loss < losses[best - 1]:
            best = epoch
        elif epoch - best >= patience:
            return best, epoch
    return best, len(losses)


def stop_by_counting(losses, patience):
    lowest, best, waited, epoch = float("inf"), 0, 0, 0
    for epoch in range(1, len(losses) + 1):
        if losses[epoch - 1] < lowest:
            lowest, best, waited = losses[epoch - 1], epoch, 0
        else:
            waited += 1
        if waited == patience:
            break
    return best, epoch


def stop_never(losses, patience):
    return int(np.argmin(losses)) + 1, len(losses)


def stop_one_late(losses, patience):
    return stop_by_walking(losses, patience + 1)


def stop_from_zero(losses, patience):
    best, last = stop_by_walking(losses, patience)
    return best - 1, last - 1


def stop_keeping_the_last(losses, patience):
    _, last = stop_by_walking(losses, patience)
    return last, last


# 05.5: split by patient, then change


def prepare_by_patient(images, patients, augment, rng):
    people = rng.permutation(np.unique(patients))
    held = np.isin(patients, people[: len(people) // 4])
    own = images[~held]
    return np.concatenate([own, [augment(image) for image in own]]), images[held]


def prepare_in_pairs(images, patients, augment, rng):
    held = set(rng.choice(np.unique(patients), len(np.unique(patients)) // 4, replace=False))
    training = []
    for image, person in zip(images, patients, strict=True):
        if person not in held:
            training += [image, augment(image)]
    return np.stack(training), np.stack([i for i, p in zip(images, patients, strict=True) if p in held])


def prepare_as_the_colleague(images, patients, augment, rng):
    everything = np.concatenate([images, [augment(image) for image in images]])
    order = rng.permutation(len(everything))
    held_out = len(everything) // 4
    return everything[order[held_out:]], everything[order[:held_out]]


def prepare_by_image(images, patients, augment, rng):
    order = rng.permutation(len(images))
    own, held = images[order[len(images) // 4 :]], images[order[: len(images) // 4]]
    return np.concatenate([own, [augment(image) for image in own]]), held


def prepare_changing_validation(images, patients, augment, rng):
    training, validation = prepare_by_patient(images, patients, augment, rng)
    return training, np.stack([augment(image) for image in validation])


def prepare_without_change(images, patients, augment, rng):
    held = np.isin(patients, rng.permutation(np.unique(patients))[: len(np.unique(patients)) // 4])
    return images[~held], images[held]


def prepare_with_half(images, patients, augment, rng):
    held = np.isin(patients, rng.permutation(np.unique(patients))[: len(np.unique(patients)) // 2])
    own = images[~held]
    return np.concatenate([own, [augment(image) for image in own]]), images[held]


RIGHT = {
    "05.1": [DIAGNOSIS, dict(reversed(DIAGNOSIS.items()))],
    "05.2": [strength_by_means, strength_from_the_end],
    "05.3": [dropout_by_mask, dropout_by_choice],
    "05.4": [stop_by_walking, stop_by_counting],
    "05.5": [prepare_by_patient, prepare_in_pairs],
}

STUBS = {
    "05.1": [None, dict.fromkeys(DIAGNOSIS), DIAGNOSIS | {"C": None}],
    "05.2": [None, ..., lambda strengths, losses: None],
    "05.3": [None, ..., lambda values, rate, rng, training: ...],
    "05.4": [None, ..., lambda losses, patience: None, lambda losses, patience: (None, None)],
    "05.5": [None, ..., lambda images, patients, augment, rng: None],
}

WRONG = {
    "05.1": [
        (DIAGNOSIS | {"A": "healthy"}, "after its lowest point"),
        (DIAGNOSIS | {"B": "overfitting"}, "even its training cases"),
        (DIAGNOSIS | {"C": "overfitting"}, "does it ever settle"),
        (DIAGNOSIS | {"D": "healthy"}, "easier than those trained on"),
        (DIAGNOSIS | {"A": "too good"}, "choose one of"),
        ({"A": "overfitting"}, "exactly the keys"),
    ],
    "05.2": [
        (strength_of_the_luckiest_fit, "one lucky fit"),
        (lambda strengths, losses: strengths[int(losses.mean(axis=1).argmax())], "highest mean loss"),
        (lambda strengths, losses: strengths[int(losses.mean(axis=1).argmin())], "equally good"),
        (lambda strengths, losses: int(losses.mean(axis=1).argmin()), "one of the strengths"),
        (lambda strengths, losses: strengths[1], "the mean losses are"),
        (lambda strengths, losses: losses.nothing, "AttributeError"),
    ],
    "05.3": [
        (dropout_unscaled, "divided by 1 - rate"),
        (dropout_always, "outside training"),
        (dropout_turned_round, "that share should be 0"),
        (dropout_of_columns, "its own fate"),
        (dropout_of_rows, "whole rows"),
        (dropout_of_1970, "outside training"),
        (lambda values, rate, rng, training: values, "that share should be 0"),
        (lambda values, rate, rng, training: values if not training else values[0], "values' shape"),
    ],
    "05.4": [
        (stop_never, "training ends after epoch 5"),
        (stop_one_late, "training ends after epoch 5"),
        (stop_from_zero, "epochs count from 1"),
        (stop_keeping_the_last, "epoch 3 is kept"),
        (lambda losses, patience: stop_by_walking(losses, patience)[0], "return two numbers"),
    ],
    "05.5": [
        (prepare_as_the_colleague, "split first, change afterwards"),
        (prepare_by_image, "draw patients, not images"),
        (prepare_changing_validation, "leave them out there"),
        (prepare_without_change, "once changed"),
        (prepare_with_half, "a quarter of the 40 patients"),
        (lambda images, patients, augment, rng: images, "return two arrays"),
    ],
}
