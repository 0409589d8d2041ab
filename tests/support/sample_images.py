"""What the tests of simulated images ask of a data set: parts of all splits, one patient, labels by patient."""

import numpy as np


def everything(data, part):
    return np.concatenate([getattr(split, part) for _, split in data.splits()])


def by_patient(data, patient):
    for _, split in data.splits():
        rows = split.patients == patient
        if rows.any():
            return split.images[rows], split.masks[rows], split.labels[rows]
    raise AssertionError(f"patient {patient} is in no split")


def patient_labels(data):
    patients, first = np.unique(everything(data, "patients"), return_index=True)
    return everything(data, "labels")[first], data.patient_table.loc[patients, "site"].to_numpy()
