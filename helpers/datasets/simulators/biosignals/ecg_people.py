"""People whose hearts differ: what is usual in one is a sign of disease in another. Their beats, as a data set.

How far people differ is the course's choice: so far that what tells a ventricular beat in one person (it is wide, it is
early) misleads in the next, whose usual beats are wide, or whose atria fibrillate.
"""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pandas as pd

from helpers.datasets.arguments import check_number, check_whole
from helpers.datasets.beats import AFTER, BEFORE, BeatDataset, cut_windows, joined
from helpers.datasets.simulators.biosignals.ecg_rhythms import USUAL, Heart, T, Wave, trace

SHARE_BLOCKED = 0.15  # of people have a bundle branch block: wide usual beats
SHARE_FIBRILLATING = 0.12  # of people are in atrial fibrillation throughout
LEAST_PREMATURE = 0.06  # of the beats of those who have premature ones for certain
SHARES = {"train": 0.4, "validation": 0.15, "test": 0.45}  # of the people


def draw_heart(rng: np.random.Generator, *, fibrillating: bool | None = None) -> Heart:
    """A person's heart: rate, waves, premature beats and noise drawn anew.

    fibrillating: whether the atria do; None leaves it to chance (SHARE_FIBRILLATING).
    """
    if fibrillating is None:
        fibrillating = bool(rng.random() < SHARE_FIBRILLATING)
    rate = rng.uniform(75, 125) if fibrillating else rng.uniform(55, 100)
    blocked = rng.random() < SHARE_BLOCKED
    usual = tuple(_own(wave, rng) for wave in USUAL)
    if blocked:
        usual = _blocked(usual, rng)
    low = rng.uniform(0.55, 0.7)
    return Heart(
        heart_rate=rate,
        hrv=min(float(np.exp(rng.normal(-3.2, 0.6))), 0.15 * 60 / rate),
        usual=usual,
        usual_symbol=rng.choice(["L", "R"]) if blocked else "N",
        atrial=min(float(np.exp(rng.normal(-3.8, 1.3))), 0.3),
        ventricular=min(float(np.exp(rng.normal(-3.4, 1.4))), 0.4),
        early=(low, low + rng.uniform(0.08, 0.25)),
        ectopic=_ectopic(usual, rng),
        ectopic_p=rng.uniform(-0.8, 1.0),
        fibrillating=fibrillating,
        flicker=rng.uniform(0.04, 0.12),
        irregular=rng.uniform(0.12, 0.26),
        breathing=rng.uniform(0.02, 0.1),
        noise=rng.uniform(0.005, 0.03),
        muscle=float(np.exp(rng.normal(-3.4, 0.7))),
        motion=float(np.exp(rng.normal(-3.2, 0.6))),
        wander=rng.uniform(0.02, 0.15),
    )


def simulate_beats(
    people: int = 60, seconds: float = 120.0, *, rate: int = 360, lead: str = "II", seed: int = 1
) -> BeatDataset:
    """The beats of people, cut from a trace of each, in three splits that share nobody.

    people: 8 to 2000. seconds of trace of each person, 20 to 3600. rate: samples per second, 100 to 1000. lead: II or
    V1. The windows are BEFORE and AFTER the beat, as those of MIT-BIH; beats without a whole window are left out.
    Of eight people one is in fibrillation, and two each have some atrial and some ventricular beats at the least.
    Raises ValueError naming the argument.
    """
    check_whole("people", people, 8, 2000)
    check_number("seconds", seconds, 20, 3600)
    rng = np.random.default_rng(seed)
    names = [f"person-{k:04d}" for k in range(people)]
    hearts = [_one_of_eight(k, rng) for k in range(people)]
    parts = [
        cut_windows(
            trace(heart, seconds, rate, seed=int(rng.integers(2**31))).record,
            lead,
            BEFORE,
            AFTER,
            patient=name,
            record=name,
        )[0]
        for name, heart in zip(names, hearts, strict=True)
    ]
    ends = np.round(np.cumsum(list(SHARES.values())) * people).astype(int)
    places = np.split(rng.permutation(people), ends[:-1])
    splits = {name: joined(parts[k] for k in place) for name, place in zip(SHARES, places, strict=True)}
    return BeatDataset(
        name="beats",
        title="Simulated beats of people whose hearts differ",
        simulated=True,
        patients_known=True,
        source=f"simulated by this course (electrocardiogram with arrhythmias), seed {seed}",
        licence="MIT",
        citation="McSharry et al., IEEE TBME 50:289, 2003; Sameni et al., IEEE TBME 54:2172, 2007 (the model)",
        **splits,
        patient_table=pd.DataFrame(
            {
                "rhythm": ["fibrillation" if heart.fibrillating else "sinus" for heart in hearts],
                "usual beat": [heart.usual_symbol for heart in hearts],
            },
            index=pd.Index(names, name="patient"),
        ),
        leads=(lead,),
        rate=float(rate),
        before=round(BEFORE * rate),
    )


def _one_of_eight(number: int, rng: np.random.Generator) -> Heart:
    """The heart of a person by their number: the last of eight fibrillates, and four surely have early beats."""
    heart = draw_heart(rng, fibrillating=number % 8 == 7)
    if number % 4 == 1:
        return replace(heart, atrial=max(heart.atrial, LEAST_PREMATURE))
    if number % 4 == 2:
        return replace(heart, ventricular=max(heart.ventricular, LEAST_PREMATURE))
    return heart


def _own(wave: Wave, rng: np.random.Generator) -> Wave:
    """A wave as one person has it: other heights, in part turned over (T), a little other place and width."""
    heights = np.array(wave.heights) * np.exp(rng.normal(0, 0.3, 2))
    if wave is T and rng.random() < 0.2:
        heights = -0.6 * heights
    return replace(
        wave,
        delay=wave.delay * rng.uniform(0.85, 1.1),
        width=wave.width * rng.uniform(0.85, 1.2),
        heights=tuple(float(height) for height in heights),
    )


def _blocked(usual: tuple[Wave, ...], rng: np.random.Generator) -> tuple[Wave, ...]:
    """Usual beats with a bundle branch block: after the first peak a second, wide, and the T wave turned over."""
    p, q, r, s, t = usual
    late = rng.uniform(0.05, 0.08)
    r = replace(r, width=r.width * rng.uniform(1.6, 2.4))
    s = Wave(late, rng.uniform(0.02, 0.03), tuple(float(0.8 * rng.uniform(0.5, 1.2) * height) for height in r.heights))
    return p, q, r, s, replace(t, heights=tuple(-height for height in t.heights))


def _ectopic(usual: tuple[Wave, ...], rng: np.random.Generator) -> tuple[Wave, ...]:
    """The waves of one person's ventricular beats: they start anywhere in the ventricles, and may point anywhere.

    In some people they start so near to where the usual beat enters that they look much like it (`near`, a share).
    """
    r, near = usual[2], max(0.0, rng.uniform(-0.6, 0.95))
    side = rng.choice([-1.0, 1.0], p=[0.35, 0.65])
    main = side * rng.uniform(0.6, 1.8, 2) * np.array([1.0, rng.choice([-1.0, 1.0])])
    width, after = rng.uniform(0.022, 0.045), rng.uniform(0.05, 0.09)
    main = near * np.array(r.heights) + (1 - near) * main
    width = near * r.width + (1 - near) * width
    second = -(1 - near) * main * rng.uniform(0.1, 0.7, 2)
    return (
        Wave(0.0, width, tuple(map(float, main))),
        Wave(after, width * rng.uniform(0.7, 1.1), tuple(map(float, second))),
        Wave(rng.uniform(0.27, 0.34), 0.06, tuple(map(float, (0.25 * near - 0.3 * (1 - near)) * main)), stretches=True),
    )
