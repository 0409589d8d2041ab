"""What a notebook states about its numbers: results that travel in the executed notebook, and claims with a band.

A claim is a sentence of the text with the band in which its number lies for any seed and on any processor. One that
is off takes nothing away: it says so, is recorded, and the notebook goes on; whoever ran it counts (`course run`, the
tests). What is displayed does not hold the number as long as the claim holds, so stored and fresh outputs stay
comparable; the number travels beside it.
"""

from __future__ import annotations

import html
import math
import re
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import asdict, dataclass, field
from numbers import Integral, Real

from helpers.notebook.parameters import plain_number

RESULT_MIME = "application/vnd.course.result+json"
CLAIMS_MIME = "application/vnd.course.claims+json"
_NAME = re.compile(r"[a-z][a-z0-9_]*")


def record(name: str, value: float | int | str | bool | None):
    """Record a named result in the notebook's outputs, for the table that `course run` ends with. It shows nothing.

    name: lower-case words joined by underscores. value: one number (NumPy's too), text or truth value; a number that
    is not finite (a score that one class alone does not define) is kept as None.
    Raises ValueError for another name, TypeError for another value.
    """
    from IPython.display import display

    if not _NAME.fullmatch(name):
        raise ValueError(f"record: {name!r} is no name for a result; use lower-case words joined by underscores")
    display({RESULT_MIME: {"name": name, "value": _plain(name, value)}}, raw=True)


def _plain(name: str, value: object) -> float | int | str | bool | None:
    """The value as JSON has it."""
    if hasattr(value, "item") and getattr(value, "ndim", None) == 0:
        value = value.item()
    if value is None or isinstance(value, str | bool):
        return value
    if isinstance(value, Integral):
        return int(value)
    if isinstance(value, Real):
        return float(value) if math.isfinite(value) else None
    raise TypeError(f"{name} must be one number, text or truth value, not {type(value).__name__}")


def recorded(notebook: Mapping) -> dict[str, float | int | str | bool | None]:
    """The results that an executed notebook (a NotebookNode) carries, in the order of their recording."""
    return {payload["name"]: payload["value"] for payload in payloads(notebook, RESULT_MIME)}


@dataclass(frozen=True)
class Claim:
    """A sentence of the text, the number it speaks of, and the band in which that number lies.

    low, high: the ends of the band, included; None for an open end. value: None where it was not finite. rivals: what
    the number would be under a named wrong version (nothing learned, a step left out); a band that holds one of them
    says nothing. asserted: whether the band must hold, which it must for the notebook's own parameters and any seed.
    """

    statement: str
    value: float | None
    low: float | None = None
    high: float | None = None
    rivals: Mapping[str, float] = field(default_factory=dict)
    asserted: bool = True

    @property
    def holds(self) -> bool:
        """Whether the number lies in the band; one that is not finite does not."""
        return self.value is not None and self.contains(self.value)

    @property
    def off(self) -> bool:
        """Whether the text is wrong: asserted, and not so."""
        return self.asserted and not self.holds

    def contains(self, value: float) -> bool:
        """Whether a number lies in the band, ends included."""
        return (self.low is None or value >= self.low) and (self.high is None or value <= self.high)

    @property
    def band(self) -> str:
        """The band in words.

        >>> Claim("It learns.", 0.9, low=0.5).band, Claim("It learns.", 0.9, 0.5, 1).band
        ('at least 0.5', '0.5 to 1')
        """
        if self.high is None:
            return f"at least {plain_number(self.low)}"
        if self.low is None:
            return f"at most {plain_number(self.high)}"
        return f"{plain_number(self.low)} to {plain_number(self.high)}"

    def __str__(self) -> str:
        """The sentence with its number: what is said of a claim that is off."""
        measured = "no finite number" if self.value is None else f"{self.value:.4g}"
        return f"{self.statement}: measured {measured}, the text says {self.band}"


def claims_of(notebook: Mapping) -> list[Claim]:
    """The claims that an executed notebook (a NotebookNode) carries, in their order."""
    return [Claim(**claim) for payload in payloads(notebook, CLAIMS_MIME) for claim in payload]


class Claims:
    """The claims of a running notebook: each call states one, and each cell shows those it stated as one line.

    changed: the parameters that differ from the text's, seed aside; with any, nothing is asserted. rarity: says
    how rarely the claim of a statement is off (helpers.notebook.evidence).
    """

    def __init__(self, changed: Sequence[str] = (), rarity: Callable[[str], str] = lambda statement: ""):
        from IPython import get_ipython

        self._changed, self._rarity, self._stated = tuple(changed), rarity, []
        self._shell = get_ipython()
        if self._shell is not None:
            self._shell.events.register("post_run_cell", lambda result: self._show())

    def __call__(
        self,
        statement: str,
        value: float,
        *,
        between: tuple[float, float] | None = None,
        at_least: float | None = None,
        at_most: float | None = None,
        rivals: Mapping[str, float] | None = None,
    ):
        """Hold a sentence of the text against the number it speaks of.

        statement: the sentence, without its number; it names the claim, so it stands once in a notebook. between,
        at_least, at_most: the band, ends included; one of the three. rivals: see Claim. Raises TypeError where the
        band is none or several, or the value is no number; ValueError where the lower end is above the upper one.
        """
        if sum(given is not None for given in (between, at_least, at_most)) != 1:
            raise TypeError(f"claim {statement!r}: give one of between=(low, high), at_least= and at_most=")
        low, high = between if between is not None else (at_least, at_most)
        low, high = (None if end is None else float(end) for end in (low, high))
        if low is not None and high is not None and low > high:
            raise ValueError(f"claim {statement!r}: its lower end {low} is above its upper end {high}")
        number = _plain(f"claim {statement!r}: the value", value)
        if not isinstance(number, int | float | None):
            raise TypeError(f"claim {statement!r}: the value must be a number, not {type(value).__name__}")
        others = {name: float(other) for name, other in (rivals or {}).items()}
        number = None if number is None else float(number)
        self._stated.append(Claim(statement, number, low, high, others, asserted=not self._changed))
        if self._shell is None:  # no notebook, no cells: each is shown by itself
            self._show()

    def _show(self):
        """Display what was stated since the last time: one line that unfolds to the list."""
        from IPython.display import display

        stated, self._stated = self._stated, []
        if stated:
            head, lines = self._heading(stated), [self._line(claim) for claim in stated]
            items = "".join(f"<li>{html.escape(line)}</li>" for line in lines)
            unfolded = " open" if any(claim.off for claim in stated) else ""
            page = f"<details{unfolded}><summary>{html.escape(head)}</summary><ul>{items}</ul></details>"
            text = "\n".join([head, *(f"    {line}" for line in lines)])
            payload = [asdict(claim) for claim in stated]
            display({CLAIMS_MIME: payload, "text/html": page, "text/plain": text}, raw=True)

    def _heading(self, stated: Sequence[Claim]) -> str:
        count = f"{len(stated)} statement{'s'[: len(stated) > 1]}"
        if self._changed:
            return f"{count} of the text, for other parameters (changed: {', '.join(self._changed)})"
        off = sum(claim.off for claim in stated)
        if off:
            return f"✗ {off} of {count} of the text {'are' if off > 1 else 'is'} not true of this run"
        return f"✓ {count} of the text hold{'s'[: len(stated) == 1]}"

    def _line(self, claim: Claim) -> str:
        if not claim.asserted:
            return f"{claim}, for other parameters"
        if claim.off:
            return f"✗ {claim}. {self._rarity(claim.statement)}".rstrip()
        return f"✓ {claim.statement}: {claim.band}"


def payloads(notebook: Mapping, kind: str) -> Iterator[Mapping | list]:
    """What the outputs of an executed notebook hold under a MIME type, in order."""
    for cell in notebook["cells"]:
        for output in cell.get("outputs", []):
            if kind in output.get("data", {}):
                yield output["data"][kind]
