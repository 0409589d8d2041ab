"""Hearts out of rhythm: beats that come too early, from above or from below, and fibrillating atria, in two leads.

The waves are those of the dynamical model (McSharry et al., IEEE TBME 50:289, 2003; helpers.datasets.simulators.ecg),
in the form in which each of them leaves a Gaussian in the trace (Sameni et al., IEEE TBME 54:2172, 2007), so that a
beat may have any waves, and may begin before the last one has ended:

    z(t) = Σ_beats Σ_waves A exp(-(t - t_beat - d)² / (2 w²))

A heart is a set of such waves for its usual beats and for those that come from elsewhere, with how often they come.
"""

from __future__ import annotations

from dataclasses import dataclass, field, replace

import numpy as np
from scipy.signal import butter, sosfilt

from helpers.datasets.arguments import check_number, check_whole
from helpers.datasets.series import EcgRecord
from helpers.datasets.simulators.ecg import beat_lengths

LEADS = ("II", "V1")
REACH = 4.5  # widths of a wave to either side; beyond lies less than 1/20,000 of its height
NEARER = 0.03  # seconds between the P wave of an atrial beat and where the usual one lies
SHORTEST_RR = 0.3  # seconds; the atrioventricular node lets nothing through sooner
MUSCLE_HZ = (20, 60)  # where muscles disturb
MOTION_HZ = (1, 10)  # where an electrode that slides on the skin disturbs: among the P and T waves
WANDER_HZ = 0.4  # the baseline moves more slowly than this


@dataclass(frozen=True)
class Wave:
    """One wave of a beat: how long after the R peak (s, negative before), how wide (s), and its height by lead (mV).

    stretches: its delay grows as the square root of the RR interval before, as Bazett's rule has it for the QT
    interval. atrial: the atria make it: it is another in a premature atrial beat, and absent where they fibrillate.
    """

    delay: float
    width: float
    heights: tuple[float, float]
    stretches: bool = False
    atrial: bool = False


# Angles and widths of Table I of McSharry et al. as seconds at 60 beats a minute; heights in II from the table's pushes
# (A = a b², the R wave 1 mV); those in V1 are the usual picture there, a small R and a deep S: the course's choice.
P = Wave(-1 / 6, 0.025, (0.15, 0.06), atrial=True)
Q = Wave(-1 / 24, 0.012, (-0.12, 0.0))
R = Wave(0.0, 0.013, (1.1, 0.25))
S = Wave(1 / 24, 0.013, (-0.22, -0.9))
T = Wave(0.26, 0.05, (0.3, 0.12), stretches=True)
USUAL = (P, Q, R, S, T)
VENTRICULAR = (  # no P wave, wide, and a T wave that points the other way
    Wave(0.0, 0.035, (1.5, -1.1)),
    Wave(0.07, 0.03, (-0.5, 0.5)),
    Wave(0.3, 0.06, (-0.45, 0.35), stretches=True),
)


@dataclass(frozen=True)
class Heart:
    """What a person's trace is made from; the defaults are a textbook's heart.

    heart_rate: beats per minute, 30 to 180. hrv: standard deviation of the RR interval, s, of the sinus rhythm.
    usual: waves of the usual beat; usual_symbol: what an annotator calls it (N, or L and R, bundle branch blocks).
    atrial, ventricular: the share of beats that a premature one follows. early: how early those come, as two shares of
    the usual interval. ectopic: waves of a ventricular beat. ectopic_p: height of the P wave of an atrial beat, as a
    multiple of the usual; it lies NEARER to its QRS. st: height of the ST segment by lead, mV.
    fibrillating: the atria do, in irregular waves of `flicker` mV in V1 and half of that in II; there is no P wave, and
    `irregular` is the RR interval's standard deviation as a share of its mean. breathing: how far heights move with the
    breath, as a share. noise, muscle, motion, wander: standard deviations in mV, white, 20 to 60 Hz, 1 to 10 Hz, and
    below 0.4 Hz.
    """

    heart_rate: float = 70.0
    hrv: float = 0.03
    usual: tuple[Wave, ...] = USUAL
    usual_symbol: str = "N"
    atrial: float = 0.0
    ventricular: float = 0.0
    early: tuple[float, float] = (0.6, 0.8)
    ectopic: tuple[Wave, ...] = VENTRICULAR
    ectopic_p: float = -0.5
    st: tuple[float, float] = (0.0, 0.0)
    fibrillating: bool = False
    flicker: float = 0.1
    irregular: float = 0.22
    breathing: float = 0.04
    noise: float = 0.01
    muscle: float = 0.0
    motion: float = 0.0
    wander: float = 0.0

    def __post_init__(self):
        check_number("heart_rate", self.heart_rate, 30, 180)
        for name in ("atrial", "ventricular", "irregular", "breathing"):
            check_number(name, getattr(self, name), 0, 0.5)
        for name in ("flicker", "noise", "muscle", "motion", "wander"):
            check_number(name, getattr(self, name), 0, 2)
        check_number("hrv", self.hrv, 0, 0.2 * 60 / self.heart_rate)


@dataclass(frozen=True, eq=False)
class Traced:
    """A record and what no real record has: the trace without noise and wander, float32 (n, 2), mV."""

    record: EcgRecord
    clean: np.ndarray = field(repr=False)


def trace(heart: Heart, seconds: float, rate: int = 360, *, seed: int = 1) -> Traced:
    """What two leads show of a heart for so long, with the kind of every beat; the same arguments give the same bits.

    seconds: 5 to 3600. rate: samples per second, 100 to 2000. Beats stand at their R peaks; symbols are those of the
    WFDB annotations: A premature atrial, V premature ventricular, else the heart's usual_symbol. An atrial beat resets
    the sinus node; a ventricular one does not, so the next sinus beat is blocked and a compensatory pause follows.
    Raises ValueError naming the argument. Taught in notebooks/12_biosignals.ipynb, section 1.1.
    """
    check_number("seconds", seconds, 5, 3600)
    check_whole("rate", rate, 100, 2000)
    check_whole("seed", seed, 0, 2**63 - 1)
    rng = np.random.default_rng(seed)
    times, kinds = _fibrillation(heart, seconds, rng) if heart.fibrillating else _sinus(heart, seconds, rng)
    n = round(seconds * rate)
    clean = _render(heart, times, kinds, n, rate)
    if heart.fibrillating:
        clean += np.outer(_flicker(n, rate, rng), [heart.flicker / 2, heart.flicker])
    signal = clean + _disturbance(heart, n, rate, rng)
    at = np.round(times * rate).astype(np.int64)
    seen = (at >= 0) & (at < n)
    record = EcgRecord(
        name="ecg",
        title="Simulated electrocardiogram",
        signal=signal.astype(np.float32),
        leads=LEADS,
        rate=float(rate),
        beats=at[seen],
        symbols=kinds[seen],
        simulated=True,
        source=f"simulated by this course (electrocardiogram with arrhythmias), seed {seed}",
        licence="MIT",
        citation="McSharry et al., IEEE TBME 50:289, 2003; Sameni et al., IEEE TBME 54:2172, 2007 (the model)",
    )
    return Traced(record, clean.astype(np.float32))


def _sinus(heart: Heart, seconds: float, rng: np.random.Generator) -> tuple[np.ndarray, np.ndarray]:
    """Times (s) and symbols of a sinus rhythm with premature beats, from before the start to after the end."""
    mean = 60 / heart.heart_rate
    lengths = beat_lengths(int(1.3 * seconds / mean) + 12, mean, heart.hrv, rng)
    now, times, kinds = -(2 + rng.random()) * mean, [], []
    for length in lengths:
        times.append(now)
        kinds.append(heart.usual_symbol)
        early, draw = now + rng.uniform(*heart.early) * length, rng.random()
        now += length
        if draw < heart.ventricular:
            times.append(early)
            kinds.append("V")
            now += length  # the sinus beat meanwhile finds the ventricles deaf
        elif draw < heart.ventricular + heart.atrial:
            times.append(early)
            kinds.append("A")
            now = early + length * rng.uniform(1.0, 1.15)  # the sinus node begins anew, a little late
        if now > seconds + 2 * mean:
            break
    return np.array(times), np.array(kinds)


def _fibrillation(heart: Heart, seconds: float, rng: np.random.Generator) -> tuple[np.ndarray, np.ndarray]:
    """Times and symbols where the atria fibrillate: independent RR intervals, gamma distributed, none below 0.3 s."""
    mean = 60 / heart.heart_rate
    shape = 1 / max(heart.irregular, 1e-3) ** 2
    lengths = np.maximum(rng.gamma(shape, mean / shape, int(1.5 * seconds / mean) + 12), SHORTEST_RR)
    times = np.cumsum(lengths) - 2 * mean
    kinds = np.where(rng.random(len(times)) < heart.ventricular, "V", heart.usual_symbol)
    return times, kinds


def _render(heart: Heart, times: np.ndarray, kinds: np.ndarray, n: int, rate: int) -> np.ndarray:
    """The sum of all waves of all beats, float64 (n, 2)."""
    apart = np.diff(times, prepend=times[0] - 60 / heart.heart_rate)
    breath = 1 + heart.breathing * np.sin(2 * np.pi * 0.25 * times)
    plateau = Wave(0.13, 0.04, heart.st)  # between S and T
    out = np.zeros((n, len(LEADS)))
    for kind in np.unique(kinds):
        waves = heart.ectopic if kind == "V" else (*heart.usual, plateau)
        for wave in waves:
            if wave.atrial and heart.fibrillating:
                continue
            if wave.atrial and kind == "A":
                heights = tuple(heart.ectopic_p * height for height in wave.heights)
                wave = replace(wave, delay=wave.delay + NEARER, heights=heights)
            rows = kinds == kind
            delay = wave.delay * np.sqrt(np.clip(apart[rows], 0.3, 1.5)) if wave.stretches else wave.delay
            _add(out, times[rows] + delay, wave, breath[rows], rate)
    return out


def _add(out: np.ndarray, centres: np.ndarray, wave: Wave, strengths: np.ndarray, rate: int) -> None:
    """Add one wave at each of the centres (s) to the trace, in place."""
    half = int(np.ceil(REACH * wave.width * rate))
    places = np.round(centres * rate).astype(int)[:, None] + np.arange(-half, half + 1)
    bump = strengths[:, None] * np.exp(-0.5 * ((places / rate - centres[:, None]) / wave.width) ** 2)
    inside = (places >= 0) & (places < len(out))
    total = np.bincount(places[inside], bump[inside], minlength=len(out))
    out += np.outer(total, wave.heights)


def _flicker(n: int, rate: int, rng: np.random.Generator) -> np.ndarray:
    """Fibrillatory waves of height 1: a sawtooth of 4 to 9 Hz with three partials whose pitch and height drift.

    The form is that of Stridh and Sörnmo, IEEE TBME 48:105, 2001; the drifts are the course's choice.
    """
    time = np.arange(n) / rate
    pitch = rng.uniform(5, 8) + 0.5 * np.sin(2 * np.pi * rng.uniform(0.1, 0.3) * time + rng.uniform(0, 6.28))
    angle = 2 * np.pi * np.cumsum(pitch) / rate
    height = 1 + 0.4 * np.sin(2 * np.pi * rng.uniform(0.1, 0.5) * time + rng.uniform(0, 6.28))
    return height * sum(np.sin(k * angle) / k for k in (1, 2, 3)) * 2 / np.pi


def _disturbance(heart: Heart, n: int, rate: int, rng: np.random.Generator) -> np.ndarray:
    """White noise, muscle, motion and wander, each with its standard deviation, float64 (n, 2), drawn for each lead."""
    total = rng.normal(0, heart.noise, (n, len(LEADS)))
    top, settling = min(MUSCLE_HZ[1], 0.45 * rate), 10 * rate
    bands = (
        (heart.muscle, (MUSCLE_HZ[0], top), "bandpass"),
        (heart.motion, MOTION_HZ, "bandpass"),
        (heart.wander, WANDER_HZ, "lowpass"),
    )
    for size, band, kind in bands:
        white = rng.normal(size=(n + settling, len(LEADS)))
        drawn = sosfilt(butter(2, band, kind, fs=rate, output="sos"), white, axis=0)[settling:]
        total += size * drawn / drawn.std(axis=0)
    return total
