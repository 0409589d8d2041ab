"""The evidence for a notebook's claims: what each number was over many seeds and several kinds of arithmetic.

Another processor is another draw of the same chance as another seed. So `course claims` runs a notebook at many seeds
and under other arithmetic, and data/claims/NN.csv keeps, per claim, where its number lay:

    # cells: 3f2a...                  what the evidence is of: the notebook's `fingerprint`
    # statements: 1c9e77 8d02af ...
    # processor, runs, versions: ...
    statement,low,high,n,mean,sd,least,greatest,off,below,above,rivals

below and above are the distances of the band's ends from the mean, in standard deviations; empty for an open end.
Nothing here imports TensorFlow.
"""

from __future__ import annotations

import ast
import csv
import hashlib
import io
import json
import math
import statistics
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field, fields
from pathlib import Path

from helpers.base.paths import DATA
from helpers.notebook.claims import Claim

FOLDER = DATA / "claims"
LEAST_DISTANCE = 4.0  # standard deviations from the mean to a closed end: nearer is fragile
BOOKKEEPING = "bookkeeping"  # the tag of cells that state, record and prove, and compute nothing that others use
MOST_EXPECTED_OFF = 0.05  # claims of the whole course in one run on a new machine


@dataclass(frozen=True)
class ClaimEvidence:
    """Where the number of one claim lay.

    low, high: the ends of its band, None for an open one. n: runs that stated it with a finite number; mean, sd (n - 1
    in its denominator), least, greatest: over them. off: how many of the runs lay outside. rivals: see Claim; of a
    rival that differs between runs, the value nearest to the band.
    """

    statement: str
    low: float | None
    high: float | None
    n: int
    mean: float
    sd: float
    least: float
    greatest: float
    off: int
    rivals: Mapping[str, float] = field(default_factory=dict)

    @property
    def below(self) -> float | None:
        """Distance of the lower end from the mean in standard deviations, negative where the mean is outside."""
        return None if self.low is None else _distance(self.mean - self.low, self.sd)

    @property
    def above(self) -> float | None:
        """Distance of the upper end from the mean in standard deviations, negative where the mean is outside."""
        return None if self.high is None else _distance(self.high - self.mean, self.sd)

    @property
    def fragile(self) -> bool:
        """Whether an end of the band is so near that chance will cross it."""
        return self.off > 0 or any(d is not None and d < LEAST_DISTANCE for d in (self.below, self.above))

    @property
    def idle(self) -> bool:
        """Whether the band says nothing: no wrong version is named, or one of them lies in the band."""
        return not self.rivals or any(self.contains(value) for value in self.rivals.values())

    def contains(self, value: float) -> bool:
        """Whether a number lies in the band, ends included."""
        return Claim(self.statement, None, self.low, self.high).contains(value)

    @property
    def chance_off(self) -> float:
        """The chance that one more run is off.

        Of a normal number whose mean and standard deviation are estimated from n runs, the next one minus the mean,
        over sd · sqrt(1 + 1/n), follows Student's t with n - 1 degrees of freedom.
        """
        from scipy.stats import t as student

        if self.sd == 0 or self.n < 2:
            return float(self.off > 0)
        ends = [d for d in (self.below, self.above) if d is not None]
        return float(sum(student.sf(d / math.sqrt(1 + 1 / self.n), self.n - 1) for d in ends))


@dataclass(frozen=True)
class Evidence:
    """The evidence for all claims of one notebook.

    of: the fingerprint of the notebook that ran. about: what else the numbers may depend on, such as the processor, the
    seeds and the versions, in words.
    """

    of: Fingerprint
    about: Mapping[str, str]
    claims: tuple[ClaimEvidence, ...]

    @property
    def expected_off(self) -> float:
        """How many claims of this notebook one run on a new machine is expected to find off."""
        return sum(claim.chance_off for claim in self.claims)

    def written(self) -> str:
        """The text of data/claims/NN.csv."""
        text = io.StringIO()
        of = {"cells": self.of.cells, "statements": " ".join(sorted(self.of.statements))}
        for key, value in (of | dict(self.about)).items():
            text.write(f"# {key}: {value}\n")
        table = csv.writer(text, lineterminator="\n")
        table.writerow([*_COLUMNS, "below", "above", "rivals"])
        for claim in self.claims:
            values = [claim.statement, claim.low, claim.high]  # as the notebook has them, to the last digit
            values += [_rounded(getattr(claim, name)) for name in _COLUMNS[3:]]
            rivals = json.dumps({name: _rounded(value) for name, value in claim.rivals.items()}, ensure_ascii=False)
            table.writerow([*values, _rounded(claim.below, 3), _rounded(claim.above, 3), rivals])
        return text.getvalue()


_COLUMNS = [one.name for one in fields(ClaimEvidence) if one.name != "rivals"]


def evidence_file(stem: str, folder: Path | None = None) -> Path:
    """Where the evidence of a notebook lies: data/claims/NN.csv, or the same in another folder."""
    return (folder or FOLDER) / f"{stem[:2]}.csv"


def read_evidence(stem: str, folder: Path | None = None) -> Evidence | None:
    """The stored evidence of a notebook, by its name; None where there is none."""
    path = evidence_file(stem, folder)
    if not path.exists():
        return None
    lines = path.read_text(encoding="utf-8").splitlines()
    about = {
        key: value.strip() for key, _, value in (line[2:].partition(":") for line in lines if line.startswith("# "))
    }
    claims = []
    for row in csv.DictReader(line for line in lines if not line.startswith("# ")):
        numbers = {name: float(row[name]) if row[name] else None for name in _COLUMNS if name != "statement"}
        numbers |= {"n": int(row["n"]), "off": int(row["off"]), "rivals": json.loads(row["rivals"])}
        claims.append(ClaimEvidence(row["statement"], **numbers))
    of = Fingerprint(about.pop("cells"), frozenset(about.pop("statements").split()))
    return Evidence(of, about, tuple(claims))


def course_expected_off(folder: Path | None = None) -> float:
    """How many claims one run of the whole course is expected to find off, by all stored evidence."""
    return sum(
        read_evidence(path.stem, folder).expected_off for path in sorted((folder or FOLDER).glob("[0-9][0-9].csv"))
    )


def summarise(committed: Sequence[Claim], runs: Iterable[Sequence[Claim]]) -> tuple[ClaimEvidence, ...]:
    """What many runs of a notebook say about its claims.

    committed: the claims of the stored notebook, whose bands and rivals count. runs: the claims of each run. A run that
    did not state a claim, or without a finite number, counts as off. Raises ValueError for a claim that no run stated.
    """
    by_run = [{claim.statement: claim for claim in run} for run in runs]
    found = []
    for claim in committed:
        stated = [run[claim.statement] for run in by_run if claim.statement in run]
        values = [one.value for one in stated if one.value is not None]
        if not values:
            raise ValueError(f"{claim.statement!r}: no run states this claim; run `course refresh` and try again")
        found.append(
            ClaimEvidence(
                claim.statement,
                claim.low,
                claim.high,
                n=len(values),
                mean=statistics.fmean(values),
                sd=statistics.stdev(values) if len(values) > 1 else 0.0,
                least=min(values),
                greatest=max(values),
                off=len(by_run) - sum(claim.contains(value) for value in values),
                rivals={name: _nearest(name, claim, [claim, *stated]) for name in claim.rivals},
            )
        )
    return tuple(found)


def rarity(stem: str, statement: str) -> str:
    """How rarely a claim of a notebook is off, in words, from the stored evidence."""
    evidence = read_evidence(stem)
    for claim in evidence.claims if evidence else ():
        if claim.statement == statement:
            return (
                f"In {claim.n} runs of the stored evidence it was {_times(claim.off)} off (mean {claim.mean:.4g}, "
                f"standard deviation {claim.sd:.2g}); expected in {_share(claim.chance_off)} of runs."
            )
    return "No evidence is stored for this claim."


@dataclass(frozen=True)
class Fingerprint:
    """What a notebook computes, as short hashes: of its cells, and of each statement of its bookkeeping cells.

    What cannot change a number does not count: text, comments, imports, the bands and rivals of claims, and lines that
    only draw (a call of `plots` that stands alone, or the `display` of such calls).
    """

    cells: str
    statements: frozenset[str]

    def covers(self, other: Fingerprint) -> bool:
        """Whether evidence for this is evidence for the other: equal but for bookkeeping that was taken out."""
        return self.cells == other.cells and other.statements <= self.statements


def fingerprint(notebook: Mapping) -> Fingerprint:
    """The fingerprint of a notebook (a NotebookNode)."""
    cells, statements = [], set()
    for cell in notebook["cells"]:
        if cell["cell_type"] == "code":
            found = _computes("".join(cell["source"]))
            if BOOKKEEPING in cell["metadata"].get("tags", []):
                statements.update(_hash(statement)[:6] for statement in found)
            else:
                cells += found
    return Fingerprint(_hash("\n".join(cells)), frozenset(statements))


def _hash(text: str) -> str:
    return hashlib.sha256(text.encode()).hexdigest()[:12]


class _OnlyWhatComputes(ast.NodeTransformer):
    def visit(self, node: ast.AST) -> ast.AST | None:
        if isinstance(node, ast.Import | ast.ImportFrom) or _only_draws(node):
            return None
        if isinstance(node, ast.Call) and isinstance(node.func, ast.Name) and node.func.id == "claim":
            node.keywords = []
        return self.generic_visit(node)


def _only_draws(node: ast.AST) -> bool:
    """Whether a statement is a call of plots.something, or the display of such calls, that stands alone."""
    return isinstance(node, ast.Expr) and _draws(node.value)


def _draws(called: ast.expr) -> bool:
    match called:
        case ast.Call(func=ast.Name(id="display"), args=[_, *_]):
            return all(map(_draws, called.args))
    while isinstance(called, ast.Call | ast.Attribute):
        called = called.func if isinstance(called, ast.Call) else called.value
    return isinstance(called, ast.Name) and called.id == "plots"


def _computes(source: str) -> list[str]:
    """The statements of a cell that can change a number, as text of one form."""
    try:
        return [ast.unparse(statement) for statement in _OnlyWhatComputes().visit(ast.parse(source)).body]
    except SyntaxError:  # a line of IPython's own (%, !) is taken as it is
        return [source]


def _distance(difference: float, sd: float) -> float:
    if sd > 0:
        return difference / sd
    return math.inf if difference >= 0 else -math.inf


def _nearest(name: str, band: Claim, stated: Sequence[Claim]) -> float:
    """The value of a rival over the runs that comes nearest to the band."""

    def outside(value: float) -> float:
        return max(
            0.0, band.low - value if band.low is not None else 0.0, value - band.high if band.high is not None else 0.0
        )

    return min((one.rivals[name] for one in stated if name in one.rivals), key=outside)


def _rounded(value: object, digits: int = 8) -> object:
    """A float to so many significant digits, as the file holds it; anything else as it is."""
    return float(f"{value:.{digits}g}") if isinstance(value, float) else value


def _times(count: int) -> str:
    return {0: "never", 1: "once"}.get(count, f"{count} times")


def _share(chance: float) -> str:
    """
    >>> _share(0.0004), _share(0.3)
    ('one in 2500', '30 %')
    """
    if chance < 1e-6:
        return "none in a million"
    return f"one in {round(1 / chance):d}" if chance < 0.1 else f"{100 * chance:.0f} %"
