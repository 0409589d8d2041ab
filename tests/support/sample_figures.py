"""What the tests of figures draw: images, tables, records and curves, made up once."""

import numpy as np
import pandas as pd

from helpers import evaluation, plots
from helpers.datasets.series import CARBOHYDRATE, GLUCOSE, INSULIN, Record, SeriesDataset
from helpers.datasets.simulators.ecg import simulate_ecg
from helpers.datasets.windows import split_by_person, split_by_time
from helpers.evaluation import Interval

SENTENCE = "Six radiographs, two of each class, the lesions outlined."
RNG = np.random.default_rng(8)
GREY = RNG.integers(0, 256, (5, 12, 12, 1), dtype=np.uint8)
COLOUR = RNG.integers(0, 256, (2, 12, 12, 3), dtype=np.uint8)
MASKS = np.zeros((5, 12, 12), bool)
MASKS[1:, 3:7, 4:8] = True
TITLES = ["a", "b", "c", "d", "e"]
SIGNED = RNG.normal(size=(4, 6, 6))
HEAT = RNG.uniform(size=(3, 12, 12))
HISTORY = pd.DataFrame(RNG.uniform(size=(4, 4)), columns=["loss", "accuracy", "val_loss", "val_accuracy"]).assign(
    epoch=range(1, 5)
)
CONFUSION = pd.DataFrame([[90, 10, 0], [5, 45, 50], [0, 0, 0]], index=["x", "y", "z"], columns=["x", "y", "z"])
SCORES = pd.DataFrame(
    {"AUC": [Interval(0.7, 0.6, 0.8), Interval(0.9, 0.85, 0.95), Interval(0.5, 0.5, 0.5)]},
    index=["low", "high", "none"],
)
GRID = np.linspace(-2, 2, 9)
PEOPLE, ILL = RNG.normal(size=(30, 2)), np.arange(30) % 2
RISKS = np.clip(0.2 + 0.4 * ILL + np.arange(30) / 100, 0, 1)
FITS = RNG.normal(size=(4, 9))
W1, W2 = RNG.normal(size=(2, 5)), RNG.normal(size=5)
FIGURES = {
    "association_figure": lambda: plots.association_figure(
        np.linspace(1e-9, 1, 24), np.linspace(0.01, 1, 24), np.arange(24) // 8, np.arange(24) < 8, 1e-3, alt=SENTENCE
    ),
    "explained_figure": lambda: plots.explained_figure(
        {"ridge": {100: Interval(0.1, 0.05, 0.15), 400: Interval(0.2, 0.15, 0.25)}}, {"ceiling": 0.5}, alt=SENTENCE
    ),
    "loss_figure": lambda: plots.loss_figure(
        {"all three": np.array([0.2, 0.4])}, {"published: a": 0.5, "published: b": 0.2}, alt=SENTENCE
    ),
    "age_figure": lambda: plots.age_figure(
        GRID + 50, GRID / 40 + 0.1, {"high": (GRID / 20 + 0.3, GRID / 20 + 0.2, GRID / 20 + 0.5)}, alt=SENTENCE
    ),
    "activation_figure": lambda: plots.activation_figure(
        {"relu": (np.maximum(GRID, 0), 1.0 * (GRID > 0))}, GRID, alt=SENTENCE
    ),
    "curves_figure": lambda: plots.curves_figure(
        {"a": ([0, 1, 2, 3], [4, 3, 2, 1]), "b": ([0], [3])},
        xlabel="x",
        ylabel="y",
        alt=SENTENCE,
        title="What is shown",
    ),
    "curves_figure, log and level": lambda: plots.curves_figure(
        {"a": (GRID, np.exp(GRID))},
        xlabel="x",
        ylabel="y",
        level=(1.0, "one"),
        log="y",
        alt=SENTENCE,
        title="What is shown",
    ),
    "one_feature_figure": lambda: plots.one_feature_figure(
        PEOPLE[:, 0], ILL, GRID, 1 / (1 + np.exp(-GRID)), xlabel="radius", class_names=("no", "yes"), alt=SENTENCE
    ),
    "region_figure": lambda: plots.region_figure(
        PEOPLE,
        ILL,
        {"flat": np.full((9, 9), 0.4), "slope": np.tile(GRID / 4 + 0.5, (9, 1))},
        GRID,
        ("one", "two"),
        alt=SENTENCE,
    ),
    "wiring_figure": lambda: plots.wiring_figure(W1, W2, ["a", "b"], "out", alt=SENTENCE),
    "wiring_figure, zero": lambda: plots.wiring_figure(np.zeros((1, 1)), np.zeros(1), ["a"], "out", alt=SENTENCE),
    "kinds_figure": lambda: plots.kinds_figure(
        GREY[0], {"a": 1.0, "b": -0.5}, np.arange(12).reshape(3, 4) % 3, (GRID, np.sin(GRID)), alt=SENTENCE
    ),
    "image_grid": lambda: plots.image_grid(GREY, TITLES, columns=3, alt=SENTENCE, title="What is shown"),
    "image_grid, masks": lambda: plots.image_grid(
        GREY, TITLES, columns=3, masks=MASKS, alt=SENTENCE, title="What is shown"
    ),
    "image_grid, colour": lambda: plots.image_grid(COLOUR, ["p", "q"], alt=SENTENCE, title="What is shown"),
    "pixel_figure": lambda: plots.pixel_figure(GREY[0], 2, 3, 6, alt=SENTENCE),
    "signed_maps": lambda: plots.signed_maps(SIGNED, TITLES[:4], columns=3, alt=SENTENCE),
    "signed_maps, numbers": lambda: plots.signed_maps(SIGNED, TITLES[:4], numbers=True, alt=SENTENCE),
    "signed_maps, zero": lambda: plots.signed_maps(np.zeros((1, 3, 3)), ["nothing"], numbers=True, alt=SENTENCE),
    "kernel_figure": lambda: plots.kernel_figure(
        GREY[0, ..., 0],
        SIGNED[:2, :3, :3],
        np.stack([SIGNED[0], SIGNED[1] ** 2], axis=-1),
        ["one", "two"],
        alt=SENTENCE,
    ),
    "signed_maps, a long title": lambda: plots.signed_maps(
        SIGNED, TITLES[:4], columns=2, alt=SENTENCE, title="Signed values in purple and orange, over more than one line"
    ),
    "receptive_field_figure": lambda: plots.receptive_field_figure(GREY[0], {"first": 3, "second": 8}, alt=SENTENCE),
    "feature_map_figure": lambda: plots.feature_map_figure(
        GREY[0],
        {"first": SIGNED.transpose(1, 2, 0), "second": SIGNED[:, :3, :3].transpose(1, 2, 0)},
        columns=4,
        alt=SENTENCE,
    ),
    "heat_map_figure": lambda: plots.heat_map_figure(GREY[:3], HEAT, TITLES[:3], MASKS[:3], alt=SENTENCE),
    "heat_map_figure, no masks": lambda: plots.heat_map_figure(COLOUR, HEAT[:2], TITLES[:2], alt=SENTENCE),
    "learning_curves": lambda: plots.learning_curves({"one": HISTORY, "two": HISTORY * 0.9}, alt=SENTENCE),
    "confusion_figure": lambda: plots.confusion_figure(CONFUSION, alt=SENTENCE),
    "threshold_figure": lambda: plots.threshold_figure(ILL == 1, ILL * 0.3 + np.arange(30) / 60, 0.4, alt=SENTENCE),
    "threshold_figure, nobody diseased": lambda: plots.threshold_figure(
        ILL == 2, np.arange(30) / 30, 0.4, alt=SENTENCE
    ),
    "interval_figure": lambda: plots.interval_figure(SCORES, "AUC", floor=0.5, xlabel="area", alt=SENTENCE),
    "interval_figure, no floor": lambda: plots.interval_figure(SCORES, "AUC", alt=SENTENCE),
}


def some_records(people=4, days=3) -> SeriesDataset:
    n = 288 * days
    time = np.datetime64("2026-01-01T00:00:00", "s") + np.arange(n) * np.timedelta64(300, "s")
    records = {}
    for k in range(people):
        values = np.zeros((n, 3), np.float32)
        values[:, 0] = 140 + 60 * np.sin(np.arange(n) / 40 + k)
        values[30:40, 0] = np.nan
        values[::60, 2] = 45
        values[::60, 1] = 4
        records[f"person {k}"] = Record(time, values)
    return SeriesDataset(
        name="made",
        title="made up",
        people=records,
        features=(GLUCOSE, INSULIN, CARBOHYDRATE),
        step_minutes=5,
        simulated=True,
        source="here",
        licence="none",
        citation="none",
    )


RECORDS = some_records()
CURVE = pd.DataFrame(
    {"sensitivity": [0, 0.5, 0.9], "false alarms a day": [0, 0.4, 2.0]}, index=pd.Index([0, 70, 80], name="threshold")
)
GATES = {name: RNG.uniform(size=20) for name in "ifo"}
TRUE, FORECAST = RNG.uniform(40, 390, 300), RNG.uniform(40, 390, 300)
FIGURES |= {
    "record_figure": lambda: plots.record_figure(RECORDS, ["person 0", "person 2"], hours=24, alt=SENTENCE),
    "ecg_figure": lambda: plots.ecg_figure(simulate_ecg(6), alt=SENTENCE),
    "unrolled_figure": lambda: plots.unrolled_figure(alt=SENTENCE),
    "lstm_figure": lambda: plots.lstm_figure(alt=SENTENCE),
    "gradient_figure": lambda: plots.gradient_figure(
        {"one": 0.5 ** np.arange(30), "two": 1.1 ** np.arange(30)}, alt=SENTENCE
    ),
    "memory_figure": lambda: plots.memory_figure(
        GATES["i"] - 0.5, GATES["f"] > 0.8, GATES, {"LSTM": np.ones(20), "RNN": np.zeros(20)}, alt=SENTENCE
    ),
    "split_figure": lambda: plots.split_figure(
        {"by time": split_by_time(RECORDS), "by person": split_by_person(RECORDS)}, alt=SENTENCE
    ),
    "loss_curves": lambda: plots.loss_curves(
        {"one": HISTORY.assign(kept=[False, True, False, False])}, "loss", ("none", 1.0), alt=SENTENCE
    ),
    "forecast_figure": lambda: plots.forecast_figure(
        RECORDS.people["person 0"].time[40:200],
        RECORDS.people["person 0"].values[40:200, 0],
        {"m": RECORDS.people["person 0"].values[36:196, 0], "n": np.full(160, 150.0)},
        alt=SENTENCE,
    ),
    "alarm_figure": lambda: plots.alarm_figure({"one": CURVE, "two": CURVE * 0.8}, 1.0, {"one": 70}, alt=SENTENCE),
    "lead_figure": lambda: plots.lead_figure(
        {"one": np.array([5, 20, 20, np.nan]), "two": np.array([60.0])}, 15, alt=SENTENCE
    ),
    "person_figure": lambda: plots.person_figure(
        pd.DataFrame({"one": [12.0, 15], "two": [13.0, 11]}, index=["A", "B"]), alt=SENTENCE
    ),
    "clarke_figure": lambda: plots.clarke_figure(TRUE, FORECAST, alt=SENTENCE),
    "roc_and_pr_figure": lambda: plots.roc_and_pr_figure(ILL == 1, {"a": RISKS, "b": RISKS**2}, alt=SENTENCE),
    "prevalence_figure": lambda: plots.prevalence_figure(0.95, 0.7, {0.1: 0.26}, here=0.2, alt=SENTENCE),
    "cost_figure": lambda: plots.cost_figure({"validation": (RISKS, RISKS**2)}, 0.3, alt=SENTENCE),
    "reliability_figure": lambda: plots.reliability_figure(
        {"a": evaluation.reliability(ILL == 1, RISKS, bins=5)}, alt=SENTENCE
    ),
    "ece_figure": lambda: plots.ece_figure(pd.DataFrame({"a": [0.1, 0.2]}, index=(2, 5)), alt=SENTENCE),
    "decision_figure": lambda: plots.decision_figure(
        evaluation.decision_curve(ILL == 1, {"a": RISKS}, np.array([0.1, 0.5])), alt=SENTENCE
    ),
    "coverage_figure": lambda: plots.coverage_figure(
        {"images": np.array([[0.6, 0.8], [0.71, 0.9]])}, 0.7, alt=SENTENCE
    ),
    "leak_figure": lambda: plots.leak_figure(
        pd.DataFrame({"leaky": [0.9], "clean": [0.5]}, index=["one"]), alt=SENTENCE
    ),
    "subgroup_figure": lambda: plots.subgroup_figure(
        pd.DataFrame({"attribute": "sex", "groups": ["F - M"], "AUC": [Interval(0.01, -0.1, 0.1)]}), alt=SENTENCE
    ),
    "calibration_figure": lambda: plots.calibration_figure(
        {"a": pd.DataFrame({"predicted": [0.1, 0.9], "observed": [0.2, 0.8], "low": [0.1, 0.7], "high": [0.3, 0.9]})},
        {"a": RISKS},
        alt=SENTENCE,
    ),
    "sample_size_figure": lambda: plots.sample_size_figure(
        pd.DataFrame({"AUC": [0.3, 0.1]}, index=[100, 1000]), {"AUC": 1000}, 0.1, 390, alt=SENTENCE
    ),
    "spread_figure": lambda: plots.spread_figure([1, 2], {"AUC": {"a": FITS[:2]}}, xlabel="size", alt=SENTENCE),
    "many_fits_figure": lambda: plots.many_fits_figure(
        GRID, GRID**2, {"line": FITS, "curve": FITS**2}, (GRID, GRID), alt=SENTENCE
    ),
    "stacked_figure": lambda: plots.stacked_figure(
        {"bias": [0.2, 0.1], "variance": [0.1, -0.1]}, ["a", "b"], xlabel="x", ylabel="y", alt=SENTENCE
    ),
    "grid_figure": lambda: plots.grid_figure(
        {"AUC": np.array([[0.1, np.nan], [0.9, 0.5]])}, ["a", "b"], [0, 1], xlabel="x", ylabel="y", alt=SENTENCE
    ),
    "extrapolation_figure": lambda: plots.extrapolation_figure(
        [25, 100, 1600],
        np.array([[0.4, 0.38], [0.3, 0.32]]),
        np.array([0.39, 0.31, 0.2]),
        (0.18, 0.22),
        np.array([0.14]),
        alt=SENTENCE,
    ),
    "diagnosis_figure": lambda: plots.diagnosis_figure(
        {"A": (GRID**2, GRID**2 + 1), "B": (GRID**2, GRID**2)}, guessing=1.1, alt=SENTENCE
    ),
    "mechanism_figure": lambda: plots.mechanism_figure(
        PEOPLE[:, 0], {"a": ILL == 1, "b": PEOPLE[:, 1] > 0}, xlabel="radius (SD)", alt=SENTENCE
    ),
    "imputed_figure": lambda: plots.imputed_figure(
        PEOPLE[:, 0],
        {"mean": PEOPLE[:, 1], "one draw": -PEOPLE[:, 1]},
        ILL == 1,
        xlabel="compactness (SD)",
        ylabel="radius (SD)",
        alt=SENTENCE,
    ),
    "pooled_figure": lambda: plots.pooled_figure(
        FITS[0, :5], np.full(5, 0.2), (0.1, -0.4, 0.6), 0.0, xlabel="mean radius (SD)", alt=SENTENCE
    ),
    "breaks_figure": lambda: plots.breaks_figure(
        pd.DataFrame(
            [(share, method, k, share + k) for share in (0.1, 0.5) for method in ("mean", "kNN") for k in range(3)],
            columns=["share", "method", "repeat", "mean"],
        ),
        {"mean": 0.0},
        {"mean": "SD"},
        alt=SENTENCE,
    ),
    "deployment_figure": lambda: plots.deployment_figure(
        pd.DataFrame(
            [
                (where, model, k, 0.9, 1.1)
                for where in ("before", "after")
                for model in ("mean", "mean + indicator")
                for k in range(3)
            ],
            columns=["deployment", "model", "repeat", "AUC", "O:E"],
        ),
        alt=SENTENCE,
    ),
    "silence_figure": lambda: plots.silence_figure(
        GRID, {"truth": 120 + 9 * GRID, "forward fill": 120 + 0 * GRID}, GRID > 1, now=7, alt=SENTENCE
    ),
    "tipping_figure": lambda: plots.tipping_figure(
        pd.DataFrame({"mean": GRID, "low": GRID - 1, "high": GRID + 1}, index=GRID),
        1.0,
        1.5,
        xlabel="shift",
        ylabel="mean",
        alt=SENTENCE,
    ),
}

STAGES = pd.DataFrame(
    [
        (stage, method, hits / 2, signed, hits)
        for stage in ("trained", "conv", "shuffled labels")
        for method, signed, hits in (("a", np.nan, 0.2), ("b", -0.1, 0.9))
    ],
    columns=["stage", "method", "likeness", "signed", "hits"],
)
CURVES = pd.DataFrame(
    [(order, "black", kind, np.linspace(0.9, 0.1, 11)) for order in ("a", "b") for kind in ("deletion", "insertion")],
    columns=["order", "fill", "kind", "curve"],
)
FIGURES |= {
    "maps_figure": lambda: plots.maps_figure(GREY[:3], {"one": HEAT, "two words": -HEAT}, MASKS[:3], alt=SENTENCE),
    "maps_figure, no masks": lambda: plots.maps_figure(COLOUR, {"one": HEAT[:2]}, alt=SENTENCE),
    "sanity_figure": lambda: plots.sanity_figure(STAGES, 0.4, alt=SENTENCE),
    "sanity_figure, no lesion known": lambda: plots.sanity_figure(STAGES.assign(hits=np.nan), None, alt=SENTENCE),
    "deletion_figure": lambda: plots.deletion_figure(
        CURVES, [("deletion", "black"), ("insertion", "black")], ["a", "b"], alt=SENTENCE
    ),
    "what_if_figure": lambda: plots.what_if_figure(
        GRID, np.abs(FITS) / 4, PEOPLE, xlabel="radius (µm)", other="perimeter (µm)", alt=SENTENCE
    ),
    "shapley_figure": lambda: plots.shapley_figure(
        pd.DataFrame({"marginal": [1.0, 0.0], "conditional": [0.5, -0.5]}, index=["a", "b"]), alt=SENTENCE
    ),
    "trust_figure": lambda: plots.trust_figure(
        GRID + 2,
        {"right": GRID / 10 + 0.7, "wrong": 0.5 - GRID / 10, "all": 0 * GRID + 0.6},
        {"alone": 0.0},
        alt=SENTENCE,
    ),
}
FIGURES |= {
    "shift_figure": lambda: plots.shift_figure(
        SCORES, {"AUC": "AUC"}, {"AUC": 0.5}, alt=SENTENCE, title="What is shown"
    ),
    "alarm_rate_figure": lambda: plots.alarm_rate_figure(
        {"25 people": SCORES.rename(columns={"AUC": "MMD"}).assign(KS=SCORES["AUC"])}, 0.05, alt=SENTENCE
    ),
    "monitor_figure": lambda: plots.monitor_figure(
        np.linspace([0, 2], [12, 1], 60).T,
        8.0,
        30,
        pd.DataFrame({"height": [4, 8], "at home": [90.0, 400.0], "another machine": [20.0, 60.0]}),
        ["another machine"],
        alt=SENTENCE,
    ),
}
FIGURES |= {
    "set_coverage_figure": lambda: plots.set_coverage_figure(
        {"A": {"one": Interval(0.9, 0.85, 0.95)}, "B": {"one": Interval(0.7, 0.65, 0.75)}}, 0.9, alt=SENTENCE
    ),
    "risk_coverage_figure": lambda: plots.risk_coverage_figure(
        {"A": np.linspace(0, 0.2, 40)}, {"at random": np.full(40, 0.2)}, alt=SENTENCE
    ),
    "team_figure": lambda: plots.team_figure(
        {"one": pd.DataFrame({"accuracy": [0.8, 0.9], "cost": [30.0, 20.0]}, index=[0.0, 1.0])},
        {"accuracy": "share of calls that are right", "cost": "cost per 100"},
        {"accuracy": 0.85},
        alt=SENTENCE,
    ),
    "forest_figure": lambda: plots.forest_figure(
        {
            "AUC": (
                pd.DataFrame({"score": [Interval(0.8, 0.7, 0.9), Interval(0.9, 0.8, 0.95)]}, index=["a", "b"]),
                {"mean hospital": Interval(0.85, 0.8, 0.9), "next hospital": Interval(0.85, 0.6, 0.95)},
            ),
            "O:E": (
                pd.DataFrame({"score": [Interval(0.5, 0.4, 0.7), Interval(1.5, 1.2, 2.2)]}, index=["a", "b"]),
                {"mean hospital": Interval(0.9, 0.5, 1.6), "next hospital": Interval(0.9, 0.2, 4.0)},
            ),
        },
        {"AUC": 0.5},
        alt=SENTENCE,
    ),
    "left_out_figure": lambda: plots.left_out_figure(
        {"left out": SCORES, "mixed": SCORES}, {"AUC": "AUC"}, {"AUC": 0.5}, alt=SENTENCE
    ),
}
PRICES = pd.DataFrame(
    [(epsilon, network, 0.7 + 0.01 * network, 0.8) for epsilon in ("1", "none") for network in range(3)],
    columns=["epsilon", "network", "A", "B"],
)
FIGURES |= {
    "exposure_figure": lambda: plots.exposure_figure(np.linspace(-1, 2, 60) ** 2, np.arange(60) < 5, alt=SENTENCE),
    "price_figure": lambda: plots.price_figure(PRICES, {"AUC": (["A", "B"], 0.5), "B": (["B"], None)}, alt=SENTENCE),
}
SHARES = np.array([[0.7, 0.1, 0.1, 0.1], [0.25, 0.25, 0.25, 0.25], [0, 0, 1.0, 0]])
FIGURES |= {
    "logo_figure": lambda: plots.logo_figure({"one": SHARES, "two": SHARES[::-1]}, alt=SENTENCE, title="What is shown"),
    "attention_figure": lambda: plots.attention_figure(
        [plots.looked_at("one", "ACGTACGT", np.linspace(-1, 2, 8), 3, 2)], alt=SENTENCE, title="What is shown"
    ),
    "shares_figure": lambda: plots.shares_figure(
        {"one": GRID / 20 + 0.5, "two": GRID / 20 + 0.4}, "share of G and C", alt=SENTENCE, title="What is shown"
    ),
}
BY_SPLIT = pd.DataFrame(
    {"random": [Interval(1, 0.9, 1.1)] * 2, "scaffold": [Interval(2, 1.5, 2.5)] * 2}, index=["a", "b"]
)
LIKE = pd.DataFrame(
    {"split": ["random"] * 15 + ["scaffold"] * 15, "alike": RISKS / 1.2, "error": 1 - RISKS / 2, "width": 0.5}
)
FIGURES |= {
    "held_out_figure": lambda: plots.held_out_figure(BY_SPLIT, "log10(mol/L)", alt=SENTENCE),
    "likeness_figure": lambda: plots.likeness_figure(LIKE, "log10(mol/L)", alt=SENTENCE),
    "ranking_figure": lambda: plots.ranking_figure(
        {"BEDROC": BY_SPLIT, "factor": BY_SPLIT}, {"BEDROC": (0.1, 1), "factor": (1, 21)}, alt=SENTENCE
    ),
    "molecules": lambda: plots.molecules(["CCO", "c1ccccc1"], ["ethanol", "benzene"], alt=SENTENCE, title="Two"),
}
BEAT = pd.Series(np.sin(np.linspace(0, 6, 40)), np.linspace(-0.2, 0.4, 40))
FIGURES |= {
    "strip_figure": lambda: plots.strip_figure(
        {"sinus": simulate_ecg(10), "noisy": simulate_ecg(10, noise=0.2)}, 5, alt=SENTENCE
    ),
    "filter_figure": lambda: plots.filter_figure({"truth": BEAT, "causal": BEAT - 0.2}, 0.11, alt=SENTENCE),
    "beat_curve_figure": lambda: plots.beat_curve_figure(
        {"V": {"a model": pd.DataFrame({"recall": [0, 0.5, 1], "precision": [1, 0.9, 0.1]})}, "S": {}},
        {"V": {"published": (0.8, 0.7), "ours": (Interval(0.9, 0.7, 1), Interval(0.6, 0.5, 0.8))}},
        alt=SENTENCE,
    ),
}
HALF_DAY = np.datetime64("2026-01-05", "s") + np.arange(144) * np.timedelta64(300, "s")
BY_HOUR = pd.DataFrame({"seizures": np.full(24, 1 / 24), "risk": 0.3}, index=range(-12, 12))
WORTH = pd.DataFrame({"time in warning": [0.1, 0.4], "sensitivity": [0.3, 0.6]}, index=[0.8, 0.5])
GENES = (np.linspace(-2, 2, 40), np.geomspace(1e-6, 1, 40), np.arange(40) < 5)
ROUNDS = pd.DataFrame({"guide": [-2.0, -1], "judge": [-2.0, -1.5], "valid": [0.4, 0.8], "diverse": [0.9, 0.8]})
FIGURES |= {
    "eeg_figure": lambda: plots.eeg_figure(
        {"quiet": np.zeros(256), "loud": np.sin(np.arange(256))},
        256.0,
        {name: (np.arange(1, 60.0), np.ones(59)) for name in ("quiet", "loud")},
        alt=SENTENCE,
    ),
    "light_figure": lambda: plots.light_figure(
        HALF_DAY, np.linspace(0, 1, 144), 0.4, np.arange(144) < 30, HALF_DAY[[50]], alt=SENTENCE
    ),
    "worth_figure": lambda: plots.worth_figure({"model": WORTH}, {"model": 0.5}, alt=SENTENCE),
    "clock_figure": lambda: plots.clock_figure({"one": BY_HOUR, "two": BY_HOUR}, alt=SENTENCE),
    "volcano_figure": lambda: plots.volcano_figure({"one": GENES, "two": GENES}, np.arange(40) % 3 == 0, alt=SENTENCE),
    "rounds_figure": lambda: plots.rounds_figure(ROUNDS, "log10(mol/L)", alt=SENTENCE),
}
