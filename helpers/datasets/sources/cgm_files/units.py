"""Which unit each person's values have, judged by what a body and a sensor can have, and what is no glucose value."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np

from helpers.datasets.sources.cgm_files.faults import Faults
from helpers.datasets.sources.cgm_files.values import LIMIT_CODES, Cell, Numbers

MG, MMOL = "mg/dL", "mmol/L"
MG_PER_MMOL = 18.016  # mg/dL in one mmol/L: a tenth of the molar mass of glucose, C6H12O6, 180.16 g/mol
HIGHEST_MMOL = 35  # a sensor shows 2.2 to 27.8 mmol/L or 40 to 500 mg/dL, so 35 lies between all of one and the other
LIMITS = (1, 700)  # of any number that can be a glucose value, in either unit
LOWEST = 20  # mg/dL: the least that blood glucose meters show (most show 20 to 600), and a sensor shows no less
LOWEST_UNSTATED = 32  # mg/dL: the least in public exports of sensors; less needs a heading that says mg/dL
# what Dexcom receivers and Nightscout write for a state and not for glucose: 0 none, 1 not active, 2 minimal deviation,
# 3 no antenna, 5 not calibrated, 6 counts deviation, 9 absolute deviation, 10 power deviation, 12 bad radio signal
ERROR_CODES = (0, 1, 2, 3, 5, 6, 9, 10, 12)
STRETCH = 3  # so many impossible values one after the other are no slips: they are in another unit


@dataclass
class Judged:
    """values: float64 (n,), mg/dL, NaN where there is no glucose value. units: the unit of each person in the file.
    left_out: how many values of what kind are no glucose values. report: sentences."""

    values: np.ndarray
    units: dict[str, str]
    left_out: Counter[str]
    report: list[str]


def to_mg_per_dl(
    numbers: Numbers,
    cells: Sequence[Cell],
    people: np.ndarray,
    stated: Sequence[str | None],
    limits: tuple[int, int],
    column: str,
    faults: Faults,
) -> Judged:
    """The values in mg/dL, person by person. people: text (n,). stated: the unit that the file says each value has.

    A person is in mmol/L where most values are at most 35. Left out: error codes, and in mg/dL what lies below 20, in
    mmol/L what lies below 1.1. Where the sensor was at its limit, the limit (mg/dL) counts. What contradicts the
    stated unit, and two units in one person's values, are noted in `faults`.
    """
    judged = Judged(numbers.values.copy(), {}, Counter(), [])
    converted, impossible = [], set()
    values = judged.values
    for k in np.flatnonzero((values < 0) | (values > LIMITS[1])):
        faults.add(
            cells[k].line,
            column,
            f"a glucose value from {LIMITS[0]} to {LIMITS[1]}",
            cells[k].text,
            "Leave the cell empty where nothing was measured.",
        )
        values[k] = np.nan
    units = np.array([unit or "" for unit in stated])
    for person in dict.fromkeys(people.tolist()):
        mine = np.flatnonzero((people == person) & ~np.isnan(values))
        said = [unit for unit in (MG, MMOL) if (units[mine] == unit).any()]
        seen = _unit_of(values[mine], said[0] if len(said) == 1 else None)
        judged.units[person] = seen or (said[0] if said else MG)
        if seen is None:
            continue
        bad = _misfits(seen, mine, values, cells, said, person, column, faults)
        impossible.update(cells[k].text for k in bad)
        for k in bad:
            code = seen == MG and values[k] in ERROR_CODES
            judged.left_out["error codes" if code or values[k] == 0 else "values that no sensor gives"] += 1
        values[bad] = np.nan
        if seen == MMOL:
            converted.append((person, said))
            values[mine] *= MG_PER_MMOL
    if judged.left_out:
        shown = sorted(impossible, key=lambda text: float(text.strip("<> ").replace(",", ".")))
        judged.report.append(
            f"Left out as no glucose: {judged.left_out.total():,} values ({', '.join(shown[:12])}); sensors write such "
            f"numbers for errors, and none shows less than {LOWEST} mg/dL."
        )
    _report_conversion(judged, converted)
    _set_limits(judged, numbers, people, limits)
    return judged


def in_words(units: Mapping[str, str]) -> str:
    """The unit of each person in a sentence, the unit alone where all have the same.

    >>> in_words({"ann": "mg/dL", "bob": "mmol/L"})
    'mg/dL: ann; mmol/L: bob'
    """
    found = sorted(set(units.values()))
    if len(found) == 1:
        return found[0]
    return "; ".join(f"{unit}: {', '.join(person for person in units if units[person] == unit)}" for unit in found)


def _unit_of(values: np.ndarray, said: str | None) -> str | None:
    """The unit of one person's values, None where there is none or where all are error codes."""
    code = np.isin(values, ERROR_CODES)
    if code.all():  # or no value at all
        return None if not len(values) or (values == 0).all() else said or MMOL
    small_number = (values[~code] <= HIGHEST_MMOL).any()  # one that is no code, so that 5 or 6 may be mmol/L too
    telling = values if small_number else values[~code]
    small = int((telling <= HIGHEST_MMOL).sum())
    if said == MG and np.median(values[~code]) >= LOWEST:
        return MG
    return MG if small <= len(telling) - small else MMOL


def _misfits(
    seen: str,
    mine: np.ndarray,
    values: np.ndarray,
    cells: Sequence[Cell],
    said: list[str],
    person: str,
    column: str,
    faults: Faults,
) -> np.ndarray:
    """Which of one person's values are no glucose; those in another unit are noted in `faults`."""
    v = values[mine]
    if seen == MG and said == [MMOL]:
        first = mine[v > HIGHEST_MMOL][0]
        faults.add(
            cells[first].line,
            column,
            "values in mmol/L, as the heading says",
            f"values that can only be mg/dL, such as {cells[first].text}",
            "Correct the heading.",
        )
        return mine[:0]
    if seen == MMOL:
        for k in mine[v > HIGHEST_MMOL]:
            _two_units(cells[k], MMOL, column, faults)
        return mine[v < LOWEST / MG_PER_MMOL]
    code = np.isin(v, ERROR_CODES)
    low = v < LOWEST
    stretches = _runs(low, ~code)
    for start, end in stretches:
        first, last = cells[mine[start]], cells[mine[end - 1]]
        faults.add(
            first.line,
            column,
            f"values of one unit for {person}, all of them mg/dL",
            f"{end - start} in a row that can only be mmol/L, from {first.text} to {last.text} "
            f"({faults.place} {last.line})",
            "Convert that stretch to mg/dL, or empty its cells.",
        )
    if MG not in said:
        in_stretch = np.zeros(len(v), bool)
        for start, end in stretches:
            in_stretch[start:end] = True
        for k in mine[(v < LOWEST_UNSTATED) & ~code & ~in_stretch]:
            _two_units(cells[k], MG, column, faults)
    return mine[low]


def _two_units(cell: Cell, rest: str, column: str, faults: Faults):
    faults.add(
        cell.line,
        column,
        f"values of one unit, all up to {HIGHEST_MMOL} (mmol/L) or all above (mg/dL)",
        f"{cell.text} among values of {rest}",
        "Say the unit in the heading, as in glucose (mg/dL), if the value is right in it; convert values that are in "
        "another unit; empty the cells of those that are wrong.",
    )


def _runs(low: np.ndarray, counts: np.ndarray) -> list[tuple[int, int]]:
    """Stretches [start, end) of at least STRETCH True values in a row, of which at least one counts."""
    edges = np.flatnonzero(np.diff(np.concatenate([[False], low, [False]]).astype(int)))
    return [
        (start, end)
        for start, end in edges.reshape(-1, 2).tolist()
        if end - start >= STRETCH and counts[start:end].any()
    ]


def _report_conversion(judged: Judged, converted: list[tuple[str, list[str]]]):
    if not converted:
        return
    against = any(MG in said for _, said in converted)
    whose = (
        f"No value is above {HIGHEST_MMOL}, so all are mmol/L"
        if len(converted) == len(judged.units)
        else f"No value of {', '.join(person for person, _ in converted)} is above {HIGHEST_MMOL}, so theirs are mmol/L"
    )
    although = ", although the file says mg/dL" if against else ""
    judged.report.append(f"{whose}{although}; they were multiplied by {MG_PER_MMOL} to give mg/dL.")


def _set_limits(judged: Judged, numbers: Numbers, people: np.ndarray, limits: tuple[int, int]):
    """Words become the limit; words, marks and the codes next to the limits are counted and named."""
    words = [numbers.low & np.isnan(numbers.values), numbers.high & np.isnan(numbers.values)]
    for end, side, word, limit in zip(("lower", "upper"), (numbers.low, numbers.high), words, limits, strict=True):
        judged.values[word] = limit
        at = side | (_at_code(judged.values, people, lower=end == "lower"))
        if not at.any():
            continue
        beyond = "less" if end == "lower" else "more"
        kept = f" The word was taken as {limit} mg/dL." if word.any() else ""
        judged.report.append(
            f"{int(at.sum()):,} readings are at the sensor's {end} limit of {limit} mg/dL: glucose was as much or "
            f"{beyond}. They are kept, because leaving them out would hide what matters most.{kept}"
        )


def _at_code(values: np.ndarray, people: np.ndarray, *, lower: bool) -> np.ndarray:
    """Where a value is a Dexcom's number for Low (39) or High (401), and the person has none beyond it."""
    at = np.zeros(len(values), bool)
    code = LIMIT_CODES[0 if lower else 1]
    for person in dict.fromkeys(people.tolist()):
        mine = people == person
        known = values[mine & ~np.isnan(values)]
        if len(known) and (known.min() if lower else known.max()) == code:
            at |= mine & (values == code)
    return at
