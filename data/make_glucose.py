"""Simulate the glucose records of twelve virtual people and write data/glucose.csv.gz and data/glucose.yml.

The course does not need this script: it ships what the script wrote. To run it again, make an environment of its own,
because simglucose 0.2.11 still imports pkg_resources, which setuptools 82 took out:

    python -m venv build/simglucose
    build/simglucose/bin/pip install "setuptools<82" simglucose==0.2.11 pyyaml
    build/simglucose/bin/python data/make_glucose.py

The body is simglucose's: the UVa/Padova model of 2008 with its published virtual people, and its model of a sensor's
error. What people do is written here: meals, boluses that are misjudged, late or forgotten, sport, sweets against a
low, sensors that are changed or fall silent. The model of 2008 has the same sensitivity to insulin day and night; real
people do not, so the two parameters of insulin's effect (Vmx on uptake, kp3 on the liver) are multiplied by a factor
that differs from day to day and is lower at dawn, as the later versions of the model have it (Visentin et al., Journal
of Diabetes Science and Technology 12:273, 2018). The sizes of all these chances are our choice, made so that time in
range and time below 70 mg/dL come out as they do in clinics.
"""

from __future__ import annotations

import datetime
import gzip
import hashlib
import io
from importlib.metadata import version
from pathlib import Path
from types import SimpleNamespace

import numpy as np
import pandas as pd
import yaml
from simglucose.controller.basal_bolus_ctrller import CONTROL_QUEST
from simglucose.patient.t1dpatient import PATIENT_PARA_FILE, Action, T1DPatient
from simglucose.sensor.cgm import CGMSensor

FOLDER = Path(__file__).parent
SEED = 2008
DAYS = 14
STEP = 5  # minutes
STEPS_PER_DAY = 24 * 60 // STEP
# name in simglucose: grams of carbohydrate for a unit of insulin, and the rate of basal insulin, relative to what is
# published for that person. That is strict for some; these figures bring everybody nearer to what clinics see.
PEOPLE = {
    "adult#001": (1.8, 0.92),
    "adult#002": (1.9, 0.9),
    "adult#003": (1.2, 0.97),
    "adult#004": (0.9, 1.0),
    "adult#005": (1.25, 0.96),
    "adult#006": (0.9, 1.0),
    "adult#007": (2.0, 0.92),
    "adult#008": (1.9, 0.9),
    "adolescent#001": (1.7, 0.93),
    "adolescent#004": (1.15, 1.0),
    "adolescent#005": (1.15, 1.0),
    "adolescent#010": (1.2, 1.0),
}
FIRST_DAY = datetime.datetime(2024, 1, 1)  # a Monday
PULSE = 0.05  # units: what the pump delivers at a time
SENSOR_LIMITS = (40, 400)  # mg/dL: what sensors on the market can show
# meal: usual minute of the day, its spread, usual grams, their spread, chance of being eaten
MEALS = {
    "breakfast": (7.25 * 60, 30, 55, 20, 0.92),
    "morning snack": (10 * 60, 30, 15, 5, 0.25),
    "lunch": (12.75 * 60, 40, 75, 25, 0.96),
    "afternoon snack": (16 * 60, 40, 25, 10, 0.5),
    "dinner": (19 * 60, 45, 85, 30, 0.98),
    "late snack": (21.75 * 60, 30, 30, 10, 0.45),
}


def draw_habits(rng: np.random.Generator) -> SimpleNamespace:
    """How well one person manages: factors on what would be right, and chances of slips."""
    return SimpleNamespace(
        basal=np.exp(rng.normal(0.02, 0.1)),
        carbohydrate_ratio=np.exp(rng.normal(0.0, 0.12)),
        bias=rng.normal(0.0, 0.1),  # of estimated carbohydrate
        scatter=rng.uniform(0.35, 0.6),
        forgets=rng.uniform(0.08, 0.22),
        late=rng.uniform(0.15, 0.4),
        target=rng.uniform(110, 150),
        sport=rng.uniform(0.15, 0.45),  # sessions a day
        corrects=rng.uniform(0.01, 0.03),  # chance per step of correcting a high glucose
        notices=rng.uniform(0.1, 0.3),  # chance per step of noticing a low one while awake
        dawn=rng.uniform(0.05, 0.25),
        unrest=rng.uniform(0.15, 0.28),  # spread of insulin sensitivity between days
        shift=rng.normal(0, 25),  # minutes that this person's day runs late
    )


def draw_meals(rng: np.random.Generator, habits: SimpleNamespace, days: int) -> list[SimpleNamespace]:
    """Every meal of the record: minute eaten, grams eaten, minute and grams of the bolus (None where forgotten)."""
    meals = []
    for day in range(days):
        for usual, spread, usual_grams, grams_spread, chance in MEALS.values():
            eaten_at = usual + habits.shift + rng.normal(0, spread) + (60 if day % 7 in (5, 6) and usual < 660 else 0)
            grams = max(5.0, rng.normal(usual_grams, grams_spread))
            estimate = grams * (1 + habits.bias) * np.exp(rng.normal(0, habits.scatter))
            slip, taken, early, lateness = rng.random(4)
            if taken >= chance:
                continue
            minute = day * 1440 + int(np.clip(eaten_at, 5 * 60, 23.5 * 60))
            forgets = habits.forgets * (3 if usual_grams < 40 else 1)  # a snack more often than a meal
            if slip < forgets:
                bolus_minute = None
            elif slip < forgets + habits.late:
                bolus_minute = minute + 15 + int(45 * lateness)
            else:
                bolus_minute = minute - int(12 * early)
            meals.append(
                SimpleNamespace(
                    minute=minute,
                    grams=round(grams),
                    bolus_minute=bolus_minute,
                    estimate=5 * max(1, round(estimate / 5)),
                )
            )
    return meals


def draw_sensitivity(rng: np.random.Generator, habits: SimpleNamespace, days: int) -> np.ndarray:
    """Factor on insulin's effect for every minute: by day, lower at dawn, higher during sport and the night after."""
    level = np.zeros(days + 2)
    for day in range(1, days + 2):
        level[day] = 0.5 * level[day - 1] + rng.normal(0, habits.unrest)
    minutes = np.arange(days * 1440)
    factor = np.exp(np.interp(minutes, np.arange(days + 2) * 1440, level))
    factor *= 1 - habits.dawn * np.exp(-0.5 * (((minutes % 1440) - 6 * 60) / 90) ** 2)
    for day in range(days):
        if rng.random() < habits.sport:
            start = day * 1440 + int(rng.uniform(15, 19.5) * 60)
            strength = rng.uniform(0.4, 1.0)
            during = (minutes >= start) & (minutes < start + int(rng.uniform(30, 75)))
            factor[during] *= 1 + 1.5 * strength
            since = minutes - start
            factor *= 1 + 0.25 * strength * np.where(since > 0, np.exp(-since / 360), 0)
    return factor


def simulate(number: int, name: str) -> pd.DataFrame:
    """The record of one person, one row per five minutes: what the sensor shows, what the pump delivered and was told.

    insulin (U) and carbs (g) of a row are those of the five minutes that end with its time.
    """
    rng = np.random.default_rng([SEED, number])
    days = DAYS + 1  # the first is thrown away: it starts in a steady state, which nobody is in
    habits = draw_habits(rng)
    meals = draw_meals(rng, habits, days)
    sensitivity = draw_sensitivity(rng, habits, days)
    table = pd.read_csv(PATIENT_PARA_FILE).set_index("Name", drop=False).loc[name]
    quest = pd.read_csv(CONTROL_QUEST).set_index("Name").loc[name]
    body = SimpleNamespace(**table.to_dict())  # attributes as floats: ten times as fast as a row of a table
    patient = T1DPatient(body, init_state=table.iloc[2:15].to_numpy(float))
    sensor = CGMSensor.withName("GuardianRT", seed=int(rng.integers(2**31)))
    uptake, liver = body.Vmx, body.kp3
    ratio_factor, basal_factor = PEOPLE[name]
    basal = (
        habits.basal * basal_factor * body.u2ss * body.BW / 6000
    )  # U/min, as simglucose's own basal-bolus controller has it
    ratio = habits.carbohydrate_ratio * ratio_factor * quest.CR

    eaten = {meal.minute: meal.grams for meal in meals}
    boluses = {meal.bolus_minute: meal.estimate for meal in meals if meal.bolus_minute is not None}
    owed, last_bolus, last_sweets = 0.0, -1000, -1000
    shown = sensor.measure(patient)
    rows = []
    for step in range(days * STEPS_PER_DAY):
        delivered, entered = 0.0, 0.0
        awake = 6.5 <= (step * STEP / 60) % 24 < 23.5
        for minute in range(step * STEP, (step + 1) * STEP):
            bolus = 0.0
            if minute in boluses:
                correction = max(0.0, shown - habits.target) / quest.CF if minute - last_bolus > 180 else 0.0
                bolus = boluses[minute] / ratio + 0.8 * correction
                entered += boluses[minute]
            elif awake and shown > 220 and minute - last_bolus > 180 and rng.random() < habits.corrects / STEP:
                bolus = 0.8 * (shown - habits.target) / quest.CF
            if bolus:
                last_bolus = minute
            notices = (habits.notices if awake else 0.25 * habits.notices) / STEP
            if shown < 72 and minute - last_sweets > 25 and rng.random() < notices:
                sweets = int(rng.choice([10, 15, 15, 20]))
                eaten[minute] = eaten.get(minute, 0) + sweets
                entered += sweets
                last_sweets = minute
            owed += bolus + (0.0 if shown < 60 else basal)  # the pump waits while its owner is low
            pulses = np.floor(owed / PULSE + 1e-9)
            owed -= pulses * PULSE
            delivered += pulses * PULSE
            body.Vmx, body.kp3 = uptake * sensitivity[minute], liver * sensitivity[minute]
            patient.step(Action(CHO=eaten.get(minute, 0), insulin=pulses * PULSE))
        shown = sensor.measure(patient)
        rows.append((shown, delivered, entered))
    record = pd.DataFrame(rows, columns=["gl", "insulin", "carbs"]).iloc[STEPS_PER_DAY:]
    record["gl"] = record["gl"].clip(*SENSOR_LIMITS).round()
    record.loc[silent(rng), "gl"] = np.nan
    kind, label = name.split("#")
    times = pd.date_range(FIRST_DAY + datetime.timedelta(minutes=STEP), periods=len(record), freq=f"{STEP}min")
    record.insert(0, "id", f"{kind} {int(label)}")
    record.insert(1, "time", times.strftime("%Y-%m-%dT%H:%M"))
    return record


def silent(rng: np.random.Generator) -> np.ndarray:
    """Where the sensor shows nothing, bool (DAYS * STEPS_PER_DAY,): a change of sensor, lost contact, lone readings."""
    n = DAYS * STEPS_PER_DAY
    gone = rng.random(n) < 0.004
    change = int(rng.uniform(1, 10) * STEPS_PER_DAY)
    for start in range(change, n, 10 * STEPS_PER_DAY):  # a sensor is worn for ten days and warms up for two hours
        gone[start : start + int(rng.uniform(24, 40))] = True
    for start in rng.integers(0, n, size=rng.poisson(DAYS / 2)):
        gone[start : start + int(rng.uniform(2, 16))] = True
    return gone


def main():
    """Write the records and, beside them, what they are and the hash that the course checks before it reads them."""
    table = pd.concat([simulate(number, name) for number, name in enumerate(PEOPLE)])
    table["gl"] = table["gl"].astype("Int64")
    table["carbs"] = table["carbs"].astype(int)
    text = io.StringIO()
    table.to_csv(text, index=False, float_format="%.4g", lineterminator="\n")
    content = gzip.compress(text.getvalue().encode(), compresslevel=9, mtime=0)
    (FOLDER / "glucose.csv.gz").write_bytes(content)
    facts = {
        "title": "Simulated glucose records of people with type 1 diabetes",
        "made_by": f"data/make_glucose.py with simglucose {version('simglucose')} (MIT licence)",
        "licence": "MIT",
        "citation": (
            "Xie, simglucose, 2018; model: Dalla Man, Raimondo, Rizza and Cobelli, GIM, Simulation Software of Meal "
            "Glucose-Insulin Model, Journal of Diabetes Science and Technology 1:323, 2007, and Kovatchev et al., "
            "In Silico Preclinical Trials, Journal of Diabetes Science and Technology 3:44, 2009"
        ),
        "seed": SEED,
        "people": len(PEOPLE),
        "days": DAYS,
        "step_minutes": STEP,
        "sha256": hashlib.sha256(content).hexdigest(),
    }
    (FOLDER / "glucose.yml").write_text(yaml.safe_dump(facts, sort_keys=False, allow_unicode=True), encoding="utf-8")


if __name__ == "__main__":
    main()
