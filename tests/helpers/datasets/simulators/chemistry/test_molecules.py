"""Made-up molecules: different, readable, as large as promised, the same with the same seed, measured by the rule."""

import numpy as np
import pytest
from rdkit import Chem

from helpers.datasets import load
from helpers.datasets.simulators.chemistry import molecules as simulator
from helpers.datasets.simulators.chemistry.molecules import draw_molecules, simulate_molecules, true_solubility


@pytest.fixture(scope="module")
def data():
    return simulate_molecules(300, seed=4)


def test_every_core_and_group_is_a_molecule():
    assert all(Chem.MolFromSmiles(core.replace("{}", "")) for core in simulator.CORES)
    assert all(Chem.MolFromSmiles(f"C{group}") for group in simulator.GROUPS)
    assert len(set(simulator.CORES)) == len(simulator.CORES) > 40


def test_molecules_are_different_canonical_and_of_the_promised_size(data):
    smiles = np.concatenate([rows.smiles for _, rows in data.splits()])
    read = [Chem.MolFromSmiles(str(text)) for text in smiles]
    assert len(set(smiles)) == len(smiles) == 300
    assert [Chem.MolToSmiles(one) for one in read] == smiles.tolist()
    assert all(simulator.FEWEST <= one.GetNumAtoms() <= simulator.MOST for one in read)
    assert not any("." in text or "@" in text for text in smiles)


def test_the_same_seed_gives_the_same_molecules_and_another_gives_others(data):
    again, other = simulate_molecules(300, seed=4), simulate_molecules(300, seed=5)
    assert again.train.smiles.tolist() == data.train.smiles.tolist()
    np.testing.assert_array_equal(again.test.target, data.test.target)
    assert other.train.smiles.tolist() != data.train.smiles.tolist()


def test_the_rule_knows_grease_packing_and_pairs():
    plain, greasy = true_solubility(np.array(["OCCO", "CCCCCCCCO"]), np.array([0, 0]), np.zeros(1))
    assert plain > greasy + 2
    packed = true_solubility(np.array(["OCCO"]), np.array([1]), np.array([0.0, -2.0]))
    assert packed[0] == pytest.approx(plain - 2)
    pair, apart = (Chem.MolFromSmiles(text) for text in ("COC(=O)c1ccccc1O", "COC(=O)c1ccc(O)cc1"))
    pattern = Chem.MolFromSmarts(simulator.PAIRS)
    assert pair.HasSubstructMatch(pattern)
    assert not apart.HasSubstructMatch(pattern)


def test_by_name_and_refused(data):
    assert load("molecules", seed=2).simulated
    with pytest.raises(ValueError, match="molecules"):
        simulate_molecules(10)


def test_more_than_can_be_built_are_refused(monkeypatch):
    monkeypatch.setattr(simulator, "CORES", ("c1ccccc1{}",))
    with pytest.raises(ValueError, match="different ones"):
        draw_molecules(100, np.random.default_rng(1))
