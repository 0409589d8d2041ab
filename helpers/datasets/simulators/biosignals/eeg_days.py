"""Virtual people with epilepsy: when their seizures come, what goes before, and looks at their EEG by day and night.

The signal is that of a neural mass (`neural_mass`), its gain of excitation being what leads to a seizure. All the rest
is of the course's own making, with these habits of real recordings: seizures come at preferred hours (Karoly et al.,
Lancet Neurology 17:977, 2018), here by night as those of the frontal lobe do (Hofstra et al., Epilepsy & Behavior
14:617, 2009); the background slows by night; five things drift over hours, among them the electrode; some seizures come
without a rise, and some rises without a seizure.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np
from scipy.signal import lfilter

from helpers.datasets.arguments import check_number, check_whole
from helpers.datasets.simulators.biosignals.neural_mass import BACKGROUND_GAIN, INPUT_MEAN, simulate_columns

START = np.datetime64("2026-01-05T00:00:00", "s")
LOOK_SECONDS = 4  # of EEG that are looked at
STEP_MINUTES = 5  # from one look to the next
SEIZURES_A_DAY = 4.5  # before those are left out that follow another too soon: 2 to 3 remain
APART_HOURS = 4.0  # at least, from one seizure to the next
FAVOURITE = (3.0, 2.0)  # the hour at which a person's seizures are most likely: mean and deviation over people
PEAKED = 2.0  # κ of the von Mises distribution of seizures over the day
RISE_MINUTES = (40.0, 120.0)  # from the first change to the seizure
RISE_MV = 0.24  # how far the gain has risen by then, on average
WITHOUT = 0.3  # of the seizures come without any rise
FALSE_RISES_A_DAY = 1.0  # the same rise, and nothing follows
DRIFT_HOURS = 3.0  # time constant of what drifts
DRIFT = {"gain": 0.03, "tempo": 0.06, "drive": 4.0, "electrode": 0.25, "noise": 0.35}  # standard deviations
NIGHT_TEMPO = 0.4  # how much slower the background is in the middle of the night than at noon
SEIZURE_GAIN = (3.9, 4.6)  # mV
SEIZURE_SECONDS = (40.0, 120.0)
ELECTRODE_NOISE = 0.1  # mV
MUSCLE, MOVEMENT = 0.8, 2.5  # mV: typical sizes of what muscles and movements add


@dataclass(frozen=True, eq=False)
class Looks:
    """Looks at the EEG of several people, in order of person and time.

    people: text (n,). time: datetime64[s] (n,), when each look ends. step_minutes: from one to the next. features:
    float32 (n, k), what `look` made of the samples, which are not kept. seizures: person -> datetime64[s] (events, 2),
    first and last moment. gain: float32 (n,), the truth behind each look, mV.
    """

    people: np.ndarray
    time: np.ndarray
    step_minutes: float
    features: np.ndarray
    seizures: dict[str, np.ndarray]
    gain: np.ndarray

    @property
    def hour(self) -> np.ndarray:
        """The time of day of each look, float64 (n,), hours from midnight."""
        return (self.time - self.time.astype("datetime64[D]")) / np.timedelta64(1, "h")


def simulate_days(
    look: Callable[[np.ndarray], np.ndarray],
    people: int = 8,
    days: int = 12,
    *,
    foretold: float = 1.0,
    circadian: float = 1.0,
    seed: int = 1,
) -> Looks:
    """Days of several people, seen for 4 seconds every 5 minutes: a second of computing for some 100 days.

    look: from signals float32 (m, 1024) at 256 Hz, mV, to features (m, k). Raw samples of a week would fill a disk;
    each look is simulated on its own and forgotten. foretold: factor of the rise before a seizure, 0 for none.
    circadian: factor of what the time of day does to seizures and background, 0 for nothing.

    Raises ValueError naming the argument, what is allowed and what was given.

    Taught in notebooks/12_biosignals.ipynb, section 4.3.
    """
    check_whole("people", people, 1, 1000)
    check_whole("days", days, 1, 1000)
    check_number("foretold", foretold, 0, 3)
    check_number("circadian", circadian, 0, 1.5)
    rng = np.random.default_rng(seed)
    minutes = np.arange(1, days * 1440 // STEP_MINUTES + 1) * STEP_MINUTES
    noon = np.cos(2 * np.pi * (minutes / 60 - 14) / 24)  # 1 at two in the afternoon, -1 at two at night
    states, seizures = [], {}
    for number in range(people):
        starts = _seizure_minutes(days, circadian, rng)
        lengths = rng.uniform(*SEIZURE_SECONDS, len(starts))
        seconds = np.stack([starts * 60, starts * 60 + lengths], axis=1).round().astype("timedelta64[s]")
        seizures[f"P{number + 1:02d}"] = START + seconds
        state = {name: deviation * _drift(len(minutes), STEP_MINUTES / 60, rng) for name, deviation in DRIFT.items()}
        rises = foretold * _rises(minutes, starts, days, rng)
        state["gain"] = BACKGROUND_GAIN + rng.normal(0, 0.03) + state["gain"] + rises
        during = ((minutes[:, None] >= starts) & (minutes[:, None] <= starts + lengths / 60)).any(axis=1)
        state["gain"] = np.where(during, rng.uniform(*SEIZURE_GAIN), state["gain"])
        state["tempo"] += 1 - NIGHT_TEMPO * circadian * (1 - noon) / 2
        state["electrode"] += rng.normal(0, 0.3)
        states.append(state)
    state = {name: np.concatenate([one[name] for one in states]) for name in DRIFT}
    awake = np.tile(noon > 0, people)
    return Looks(
        people=np.repeat(list(seizures), len(minutes)),
        time=np.tile(START + (60 * minutes).astype("timedelta64[s]"), people),
        step_minutes=STEP_MINUTES,
        features=_seen(look, state, 0.08 * awake, rng),
        seizures=seizures,
        gain=state["gain"].astype(np.float32),
    )


def simulate_hours(
    look: Callable[[np.ndarray], np.ndarray], people: int = 8, hours: int = 2, *, seizures: int = 3, seed: int = 1
) -> Looks:
    """Hours of several people, 4 seconds after 4 seconds, with so many seizures each, and a movement now and then.

    look: as for `simulate_days`. Each look is simulated on its own. A seizure may begin in the middle of a look, which
    then has the gain of its end. Raises ValueError naming the argument, what is allowed and what was given.

    Taught in notebooks/12_biosignals.ipynb, section 4.2.
    """
    check_whole("people", people, 1, 1000)
    check_whole("hours", hours, 1, 1000)
    check_whole("seizures", seizures, 0, 6 * hours)
    rng = np.random.default_rng(seed)
    ends = np.arange(1, hours * 3600 // LOOK_SECONDS + 1) * LOOK_SECONDS  # seconds
    states, found, artefacts = [], {}, []
    for number in range(people):
        slots = rng.permutation(6 * hours)[:seizures]  # ten minutes each
        starts = 600 * np.sort(slots) + rng.uniform(60, 420, seizures)
        spans = np.stack([starts, starts + rng.uniform(*SEIZURE_SECONDS, seizures)], axis=1)
        found[f"P{number + 1:02d}"] = START + np.round(spans).astype("timedelta64[s]")
        inside = (ends[:, None] > spans[:, 0]) & (ends[:, None] <= spans[:, 1] + LOOK_SECONDS / 2)
        gains = np.append(rng.uniform(*SEIZURE_GAIN, seizures), 0)
        state = {name: deviation * rng.normal() for name, deviation in DRIFT.items()}
        background = BACKGROUND_GAIN + state["gain"] + 0.05 * _drift(len(ends), LOOK_SECONDS / 3600, rng)
        which = np.where(inside.any(axis=1), inside.argmax(axis=1), seizures)
        state["gain"] = np.where(which < seizures, gains[which], background)
        state["electrode"] += rng.normal(0, 0.4)
        state["tempo"] += rng.uniform(0.75, 1)
        states.append({name: np.broadcast_to(value, len(ends)) for name, value in state.items()})
        artefacts.append(_episodes(len(ends), hours, rng))
    state = {name: np.concatenate([one[name] for one in states]) for name in DRIFT}
    return Looks(
        people=np.repeat(list(found), len(ends)),
        time=np.tile(START + ends.astype("timedelta64[s]"), people),
        step_minutes=LOOK_SECONDS / 60,
        features=_seen(look, state, np.concatenate(artefacts), rng),
        seizures=found,
        gain=state["gain"].astype(np.float32),
    )


def _seen(look: Callable, state: dict[str, np.ndarray], artefact: np.ndarray, rng: np.random.Generator) -> np.ndarray:
    """What `look` makes of every look: column, electrode, noise, and by chance `artefact` a muscle or a movement."""
    features = []
    for start in range(0, len(artefact), 2048):
        part = slice(start, start + 2048)
        column = simulate_columns(
            state["gain"][part],
            LOOK_SECONDS,
            tempo=state["tempo"][part].clip(0.4, 1.4),
            drive=INPUT_MEAN + state["drive"][part],
            rng=rng,
        )
        m, samples = column.shape
        column += noise_of(m, samples, rng) * (ELECTRODE_NOISE * np.exp(state["noise"][part, None])).astype(np.float32)
        moved = rng.random(m) < artefact[part]
        muscle = moved & (rng.random(m) < 0.5)
        size = np.exp(rng.normal(0, 0.4, (m, 1))).astype(np.float32)
        if muscle.any():
            column[muscle] += MUSCLE * size[muscle] * noise_of(int(muscle.sum()), samples, rng)
        if (swing := moved & ~muscle).any():
            slow = noise_of(int(swing.sum()), samples, rng)
            slow = lfilter([1], [1, -0.97], slow, axis=1)
            column[swing] += MOVEMENT * size[swing] * slow / slow.std(axis=1, keepdims=True)
        column *= np.exp(state["electrode"][part, None]).astype(np.float32)
        features.append(look(column))
    return np.concatenate(features).astype(np.float32)


def noise_of(n: int, samples: int, rng: np.random.Generator) -> np.ndarray:
    """White noise of variance 1, float32 (n, samples)."""
    return rng.standard_normal((n, samples), dtype=np.float32)


def _seizure_minutes(days: int, circadian: float, rng: np.random.Generator) -> np.ndarray:
    """When one person's seizures begin, float64 (events,), minutes: more at the person's own hours."""
    favourite, kappa = rng.normal(*FAVOURITE), PEAKED * circadian
    highest = SEIZURES_A_DAY * np.exp(kappa) / np.i0(kappa)
    hours = np.sort(rng.uniform(0, 24 * days, rng.poisson(highest * days)))
    kept = rng.random(len(hours)) < np.exp(kappa * (np.cos(2 * np.pi * (hours - favourite) / 24) - 1))
    taken, last = [], 0.0
    for hour in hours[kept]:
        if hour - last >= APART_HOURS:
            taken.append(hour)
            last = hour
    return 60 * np.array(taken)


def _rises(minutes: np.ndarray, starts: np.ndarray, days: int, rng: np.random.Generator) -> np.ndarray:
    """The gain above its background, (n,), mV: rises, steep at first, to most seizures and to some other moments."""
    ends = np.concatenate(
        [starts[rng.random(len(starts)) >= WITHOUT], rng.uniform(0, 1440 * days, rng.poisson(FALSE_RISES_A_DAY * days))]
    )
    risen = np.zeros(len(minutes))
    for end in ends:
        length, height = rng.uniform(*RISE_MINUTES), RISE_MV * rng.gamma(4, 1 / 4)
        share = (minutes - end + length) / length
        risen = np.maximum(risen, height * np.sqrt(np.where((share > 0) & (share <= 1), share, 0)))
    return risen


def _drift(n: int, step_hours: float, rng: np.random.Generator) -> np.ndarray:
    """A stationary first-order process of variance 1 that forgets within DRIFT_HOURS, float64 (n,)."""
    keep = np.exp(-step_hours / DRIFT_HOURS)
    steps = rng.normal(0, np.sqrt(1 - keep**2), n)
    steps[0] = rng.normal()
    return lfilter([1], [1, -keep], steps)


def _episodes(n: int, hours: int, rng: np.random.Generator) -> np.ndarray:
    """The chance of an artefact in each look, (n,): near 0, and high in a few episodes an hour."""
    chance = np.full(n, 0.01)
    for start in rng.integers(0, n, rng.poisson(3 * hours)):
        chance[start : start + rng.integers(3, 12)] = 0.9
    return chance
