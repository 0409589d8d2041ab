"""What every simulator promises: reproducible people, splits by patient, two sites, checked arguments."""

import inspect
import math
import pydoc
import time

import numpy as np
import pytest
from sample_images import by_patient, everything, patient_labels

from helpers.datasets import SIMULATORS, load
from helpers.datasets.simulators import bone as bone_module
from helpers.datasets.simulators import chest as chest_module
from helpers.datasets.simulators import tissue as tissue_module
from helpers.datasets.simulators.bone import simulate_bone
from helpers.datasets.simulators.chest import simulate_chest
from helpers.datasets.simulators.simulation import Simulator, between, deal, spread, texture
from helpers.datasets.simulators.tissue import simulate_tissue

MODULES = {"chest": chest_module, "bone": bone_module, "tissue": tissue_module}
CHANNELS = {"chest": 1, "bone": 1, "tissue": 3}
two_classes = pytest.mark.parametrize("simulate", [simulate_bone, simulate_tissue])
every_simulator = pytest.mark.parametrize("name", list(SIMULATORS))


def test_the_course_has_these_three():
    assert list(SIMULATORS) == ["chest", "bone", "tissue"]


@every_simulator
def test_load_gives_the_default_data_set(name):
    data = load(name, seed=3)
    assert (data.name, data.disease_class, data.simulated, data.patients_known) == (name, 1, True, True)
    assert data.image_shape == (28, 28, CHANNELS[name])
    assert data.title == f"{data.title.split(',')[0]}, 28 x 28 pixels"
    assert "seed 3" in data.source
    assert len(data.train) >= 1500
    assert set(everything(data, "patients")) == set(data.patient_table.index)
    assert list(data.patient_table.columns) == ["site", "sex", "age_band"]
    patients = [set(split.patients) for _, split in data.splits()]
    shares = np.array([len(some) for some in patients]) / len(data.patient_table)
    assert sum(map(len, patients)) == len(data.patient_table) == len(set.union(*patients))
    np.testing.assert_allclose(shares, (0.70, 0.15, 0.15), atol=0.005)


@every_simulator
def test_the_same_seed_gives_the_same_bits_and_another_seed_does_not(name):
    one, again, other = (SIMULATORS[name](patients=25, seed=seed) for seed in (5, 5, 6))
    for part in ("images", "labels", "patients", "masks"):
        assert everything(one, part).tobytes() == everything(again, part).tobytes()
    assert one.patient_table.equals(again.patient_table)
    assert everything(one, "images").tobytes() != everything(other, "images").tobytes()


@every_simulator
def test_a_person_is_the_same_however_many_follow(name):
    few, many = SIMULATORS[name](patients=23), SIMULATORS[name](patients=47)
    for patient in range(23):
        for one, other in zip(by_patient(few, patient), by_patient(many, patient), strict=True):
            np.testing.assert_array_equal(one, other)
    assert few.patient_table.equals(many.patient_table.iloc[:23])
    for (_, one), (_, other) in zip(few.splits(), many.splits(), strict=True):
        assert set(one.patients) <= set(other.patients)


@every_simulator
def test_the_data_set_shows_the_patient_that_render_patient_shows(name):
    data = SIMULATORS[name](patients=20)
    for patient in (0, 7, 13):
        images, masks, labels = by_patient(data, patient)
        site = data.patient_table.loc[patient, "site"]
        for view in range(len(images)):
            image, mask = MODULES[name].render_patient(patient, int(labels[view]), view=view, site=site)
            np.testing.assert_array_equal(image.reshape(images[view].shape), images[view])
            np.testing.assert_array_equal(mask, masks[view])


@every_simulator
@pytest.mark.parametrize("size", [16, 33])
def test_a_mask_is_empty_exactly_where_there_is_no_disease_at_every_size(name, size):
    data = SIMULATORS[name](patients=150, size=size)
    assert data.image_shape == (size, size, CHANNELS[name])
    drawn = everything(data, "masks").any(axis=(1, 2))
    np.testing.assert_array_equal(drawn, everything(data, "labels") > 0)


@every_simulator
def test_the_pictures_of_a_patient_share_the_label_and_differ(name):
    data = SIMULATORS[name](patients=40, images_per_patient=(2, 4))
    for patient in range(40):
        images, _, labels = by_patient(data, patient)
        assert len(set(labels)) == 1
        assert 2 <= len(images) <= 4
        assert len({image.tobytes() for image in images}) == len(images)


@two_classes
def test_class_balance_within_four_standard_errors_and_equal_at_both_sites(simulate):
    labels, sites = patient_labels(simulate(patients=600, images_per_patient=(1, 1), size=16))
    for site in ("A", "B"):
        here = labels[sites == site]
        assert abs(here.mean() - 0.4) < 4 * math.sqrt(0.4 * 0.6 / len(here))
        assert abs(len(here) / 600 - 0.5) < 4 * math.sqrt(0.25 / 600)


@two_classes
def test_prevalence_can_differ_between_sites(simulate):
    balance = {"A": (0.9, 0.1), "B": (0.1, 0.9)}
    labels, sites = patient_labels(simulate(patients=300, images_per_patient=(1, 1), size=16, class_balance=balance))
    assert labels[sites == "A"].mean() < 0.2
    assert labels[sites == "B"].mean() > 0.8


@two_classes
def test_a_single_site(simulate):
    assert set(simulate(patients=20, sites=("B",)).patient_table["site"]) == {"B"}


@pytest.mark.parametrize(("simulate", "budget"), [(simulate_bone, 1000), (simulate_tissue, 500)])
def test_images_a_second(simulate, budget):
    """The budget holds on one free core; a shared runner gets some slack, and only its processor time counts."""
    simulate(patients=50)
    best = 0.0
    for _ in range(3):
        start = time.process_time()
        data = simulate(patients=250)
        best = max(best, len(everything(data, "labels")) / (time.process_time() - start))
    assert best >= 0.7 * budget


def test_more_patients_never_move_one_to_another_split():
    np.testing.assert_array_equal(deal(40), deal(1000)[:40])
    counts, _ = np.histogram(deal(1000), bins=10, range=(0, 1))
    assert counts.min() >= 97
    assert counts.max() <= 103


def test_draws_become_columns_within_the_table_s_limits():
    wide = spread({"a": (10.0, 2.0), "b": (0.0, 1.0)}, np.array([[0.0, 9.0], [1.0, -9.0]]))
    assert wide["a"].shape == (2, 1, 1)
    np.testing.assert_allclose(wide["a"].ravel(), (10, 12))
    np.testing.assert_allclose(wide["b"].ravel(), (2.5, -2.5))
    np.testing.assert_allclose(between({"c": (2.0, 6.0)}, np.array([[0.0], [0.25], [1.0]]))["c"].ravel(), (2, 3, 6))


def test_a_texture_has_unit_variance_and_moves_with_the_body():
    rng = np.random.default_rng(1)
    waves = np.repeat(rng.random((30, 1, 28, 3), dtype=np.float32), 2, axis=1).reshape(60, 28, 3)
    one, zero = np.ones((60, 1, 1), np.float32), np.zeros((60, 1, 1), np.float32)
    shift = np.where(np.arange(60) % 2, np.float32(0.5), np.float32(0))[:, None, None]
    x = np.arange(-10, 10, 0.25, dtype=np.float32)
    field = texture(x, waves, (one, zero, shift, zero), (0.1, 1.0))
    assert field.var() == pytest.approx(1, abs=0.15)
    np.testing.assert_allclose(field[1::2, :, :-2], field[::2, :, 2:], atol=1e-3)  # 0.5 is two steps of x


@pytest.mark.parametrize("simulate", SIMULATORS.values())
@pytest.mark.parametrize(
    ("argument", "given"),
    [
        ("patients", 19),
        ("patients", 30.0),
        ("patients", True),
        ("images_per_patient", 3),
        ("images_per_patient", (0, 2)),
        ("images_per_patient", (3, 2)),
        ("images_per_patient", (1, 21)),
        ("size", 15),
        ("size", "28"),
        ("class_balance", (1.5, -0.5)),
        ("class_balance", (0.5, 0.4)),
        ("class_balance", "normal"),
        ("class_balance", {"A": (0.6, 0.4)}),
        ("dose", 0),
        ("dose", math.nan),
        ("dose", "1"),
        ("sites", ()),
        ("sites", "A"),
        ("sites", ("A", "A")),
        ("sites", ("C",)),
        ("validation_fraction", 0),
        ("validation_fraction", 0.01),
        ("test_fraction", 1.0),
        ("test_fraction", 0.85),
        ("seed", -1),
        ("seed", 1.5),
        ("seed", None),
    ],
)
def test_refuses(simulate, argument, given):
    with pytest.raises(ValueError, match=rf"{argument}.*expected .*, got "):
        simulate(**({"patients": 40} | {argument: given}))


@two_classes
def test_three_probabilities_are_too_many_for_two_classes(simulate):
    with pytest.raises(ValueError, match=r"class_balance: expected 2 probabilities .*, got "):
        simulate(patients=40, class_balance=(0.4, 0.3, 0.3))


@pytest.mark.parametrize(
    ("simulate", "patients", "class_balance", "own"),
    [
        (simulate_chest, 2600, (0.4, 0.35, 0.25), []),
        (simulate_bone, 1900, (0.6, 0.4), ["gap_mm", "shift_mm", "bend_degrees"]),
        (simulate_tissue, 1300, (0.6, 0.4), []),
    ],
)
def test_a_simulator_names_each_argument_with_its_default(simulate, patients, class_balance, own):
    """The nine that all share are those of Simulator.dataset; who asks for help sees them all."""
    shared = list(inspect.signature(Simulator.dataset).parameters)[1:]
    named = inspect.signature(simulate).parameters
    assert list(named) == [*shared, *own]
    assert {argument.kind for argument in named.values()} == {inspect.Parameter.KEYWORD_ONLY}
    assert (named["patients"].default, named["class_balance"].default) == (patients, class_balance)
    assert (named["size"].default, named["sites"].default, named["seed"].default) == (28, ("A", "B"), 1)
    assert f"patients: 'int' = {patients}" in pydoc.plain(pydoc.render_doc(simulate))
    with pytest.raises(TypeError, match=f"{simulate.__name__}.* unexpected keyword argument 'person'"):
        simulate(person=3)


@pytest.mark.parametrize("module", [bone_module, tissue_module])
@pytest.mark.parametrize(
    ("argument", "given"),
    [("patient", -1), ("label", 2), ("view", 20), ("size", 8), ("dose", -1.0), ("site", "C"), ("seed", "x")],
)
def test_render_patient_refuses(module, argument, given):
    with pytest.raises(ValueError, match=rf"{argument}.*expected .*, got "):
        module.render_patient(**({"patient": 0, "label": 1} | {argument: given}))


@pytest.mark.parametrize(
    ("argument", "given"),
    [
        ("gap_mm", 3),
        ("gap_mm", (0.0, 3.0)),
        ("gap_mm", (4.0, 3.0)),
        ("gap_mm", (1.0, 11.0)),
        ("gap_mm", (1.0, math.nan)),
        ("gap_mm", (True, 3.0)),
        ("shift_mm", (-1.0, 3.0)),
        ("shift_mm", ("0", "3")),
        ("bend_degrees", (0.0, 31.0)),
        ("bend_degrees", None),
    ],
)
@pytest.mark.parametrize(
    "call", [lambda **given: simulate_bone(**given), lambda **given: bone_module.render_patient(0, 1, **given)]
)
def test_a_fracture_s_limits_are_refused(call, argument, given):
    with pytest.raises(ValueError, match=rf"{argument}: expected two numbers in ascending order .*, got "):
        call(**{argument: given})
