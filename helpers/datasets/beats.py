"""What a set of heart beats looks like: a stretch of electrocardiogram around each, and which kind of beat it is."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from typing import ClassVar

import numpy as np

from helpers.datasets.contract import SplitByPatient
from helpers.datasets.series import EcgRecord

# The five classes of ANSI/AAMI EC57, and for each the symbols of the WFDB annotations that stand for it. No other
# symbol marks a beat: they are of rhythm, noise or comments (physionet.org/physiotools/wpg, Programmer's Guide).
AAMI = {
    "normal": "NLRejB",
    "supraventricular": "AaJSn",
    "ventricular": "VEr",
    "fusion": "F",
    "unknown": "/fQ?",
}
BEFORE, AFTER = 0.25, 0.4  # seconds of a window: from the P wave to the end of most T waves
CLASS_OF = {symbol: number for number, symbols in enumerate(AAMI.values()) for symbol in symbols}


def aami_classes(symbols: np.ndarray) -> np.ndarray:
    """The AAMI class of each beat, int64 (n,), an index into AAMI; symbols: text (n,) as EcgRecord has them.

    Raises ValueError for a symbol that marks no beat.

    >>> aami_classes(np.array(["N", "L", "V", "A", "F", "/"])).tolist()
    [0, 0, 2, 1, 3, 4]
    """
    strange = sorted({*map(str, symbols)} - CLASS_OF.keys())
    if strange:
        raise ValueError(f"symbols: expected those of beats, {''.join(CLASS_OF)}, got {strange[0]!r}")
    return np.array([CLASS_OF[symbol] for symbol in symbols], np.int64)


@dataclass(frozen=True, eq=False)
class BeatSplit:
    """The beats of one split.

    signal: float32, shape (n, samples, leads), millivolts, around each beat.
    labels: int64, shape (n,), the AAMI class. patients: text, shape (n,). records: text, shape (n,), the recording.
    at: int64, shape (n,), the sample of the recording at which the beat was annotated. stretches: int64, shape (n,),
    the number of the stretch of the recording in which it lies: between two of them signal is missing.
    """

    signal: np.ndarray
    labels: np.ndarray
    patients: np.ndarray
    records: np.ndarray
    at: np.ndarray
    stretches: np.ndarray

    def __len__(self) -> int:
        return len(self.labels)

    @property
    def inputs(self) -> np.ndarray:
        """What a model is given: the signal."""
        return self.signal

    @property
    def target(self) -> np.ndarray:
        """What a model is to say: the classes."""
        return self.labels

    def rows(self, keep: np.ndarray) -> BeatSplit:
        """The beats that a boolean array of shape (n,) or an array of indices keeps."""
        return BeatSplit(*(column[keep] for column in vars(self).values()))


@dataclass(frozen=True, eq=False, kw_only=True)
class BeatDataset(SplitByPatient):
    """Beats in three splits that share no person, with where they come from and what may be done with them.

    train, validation, test: of type BeatSplit. leads: a name for each column of the signal. rate: samples per second.
    before: samples of each window that precede the beat. class_names, disease_class: as in ImageDataset.

    Raises DataError where the parts contradict each other. All arrays become read-only.
    """

    rows_are: ClassVar[str] = "beats"

    leads: tuple[str, ...]
    rate: float
    before: int
    class_names: tuple[str, ...] = tuple(AAMI)
    disease_class: int = list(AAMI).index("ventricular")

    def __post_init__(self):
        self._check_classes(self.class_names, self.disease_class)
        samples = self.train.signal.shape[1]
        for split, rows in self.splits():
            n, shape = len(rows.signal), (samples, len(self.leads))
            if n == 0:
                self._refuse(f"at least one {split} beat", "none")
            if rows.signal.dtype != np.float32 or rows.signal.shape[1:] != shape:
                self._refuse(f"{split} signal as float32 of shape (n, {shape[0]}, {shape[1]})", str(rows.signal.shape))
            self._check_labels(split, rows.labels, n, self.class_names)
            if not rows.patients.shape == rows.records.shape == rows.at.shape == rows.stretches.shape == (n,):
                what = "patients, records, samples and stretches"
                self._refuse(f"{split} {what} of shape ({n},)", str(rows.patients.shape))
        self._seal()
        self._check_patient_table()

    @property
    def seconds(self) -> np.ndarray:
        """The time of each sample of a window from the beat, float64 (samples,), seconds."""
        return (np.arange(self.train.signal.shape[1]) - self.before) / self.rate


def cut_windows(ecg: EcgRecord, lead: str, before: float, after: float, *, patient: str, record: str) -> tuple:
    """The windows around the beats of a record in one lead (a BeatSplit), and how many beats had no whole one.

    A window that reaches over an end of the record or into a gap (NaN) of the lead is not whole.
    before, after: seconds. patient, record: what the rows are to be called. Raises ValueError where there is no such
    lead, and as aami_classes does.
    """
    trace = ecg.signal[:, ecg.leads.index(lead)]
    first, last = round(before * ecg.rate), round(after * ecg.rate)
    missing = np.append(0, np.cumsum(np.isnan(trace)))  # samples before each one
    whole = (ecg.beats >= first) & (ecg.beats + last <= len(trace))
    whole[whole] = missing[ecg.beats[whole] + last] == missing[ecg.beats[whole] - first]
    at = ecg.beats[whole]
    signal = trace[at[:, np.newaxis] + np.arange(-first, last)][..., np.newaxis]
    n = len(at)
    _, stretches = np.unique(missing[at], return_inverse=True)
    rows = BeatSplit(signal, aami_classes(ecg.symbols[whole]), np.full(n, patient), np.full(n, record), at, stretches)
    return rows, int((~whole).sum())


def joined(parts: Iterable[BeatSplit]) -> BeatSplit:
    """Several sets of beats as one, in their order."""
    columns = zip(*(vars(part).values() for part in parts), strict=True)
    return BeatSplit(*(np.concatenate(column) for column in columns))
