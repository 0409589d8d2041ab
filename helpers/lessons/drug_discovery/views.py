"""One molecule, four views: a few descriptors, the bits of a fingerprint, a graph of atoms, and a line of text.

In earnest take the libraries: RDKit computes hundreds of descriptors, and DeepChem, Chemprop or PyTorch Geometric
build graphs with bonds that have features of their own.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import NamedTuple

import numpy as np
import pandas as pd
from rdkit import Chem
from rdkit.Chem import Crippen, Descriptors, rdFingerprintGenerator

from helpers.lessons.drug_discovery.writer import tokens_of

ELEMENTS = ("C", "N", "O", "S", "F", "Cl", "Br")  # each a feature of its own; all others share one
HYDROGENS = 4  # features for 0, 1, 2 and 3 or more
REAL = -1  # the last feature of an atom: 1, and 0 in a place that is padded
RADIUS, BITS = 2, 1024
SPELLED = 1  # seed of RDKit's random spellings


def read(smiles: Iterable[str]) -> list[Chem.Mol]:
    """RDKit's molecules. Raises ValueError for a line that it cannot read."""
    molecules = [Chem.MolFromSmiles(str(text)) for text in smiles]
    if None in molecules:
        raise ValueError(f"smiles: RDKit cannot read line {molecules.index(None)}")
    return molecules


def descriptors(molecules: Sequence[Chem.Mol]) -> pd.DataFrame:
    """The four numbers of Delaney's equation, (n, 4): logP by Crippen's sum over atoms, weight, and two counts.

    Source: Delaney, J Chem Inf Comput Sci 44:1000, 2004; Wildman and Crippen, J Chem Inf Comput Sci 39:868, 1999.
    Taught in notebooks/11_drug_discovery.ipynb, section 2.1.
    """
    rows = [
        (
            Crippen.MolLogP(one),
            Descriptors.MolWt(one),
            Descriptors.NumRotatableBonds(one),
            len(one.GetAromaticAtoms()) / one.GetNumHeavyAtoms(),
        )
        for one in molecules
    ]
    return pd.DataFrame(rows, columns=["logP", "weight, g/mol", "rotatable bonds", "aromatic share"])


def fingerprints(molecules: Sequence[Chem.Mol]) -> np.ndarray:
    """Morgan fingerprints, uint8 (n, BITS) of 0 and 1: which surroundings of atoms, up to RADIUS bonds, there are.

    A hash gives each surrounding its bit; two may share one. Source: Rogers and Hahn, J Chem Inf Model 50:742, 2010.
    Taught in notebooks/11_drug_discovery.ipynb, section 2.1.
    """
    generator = rdFingerprintGenerator.GetMorganGenerator(radius=RADIUS, fpSize=BITS)
    return np.array([generator.GetFingerprintAsNumPy(one) for one in molecules], np.uint8)


def similarities(prints: np.ndarray, others: np.ndarray) -> np.ndarray:
    """Tanimoto's similarity of fingerprints, (n, m): bits that both have, by bits that either has; 0 where none has.

    Taught in notebooks/11_drug_discovery.ipynb, section 2.5.
    """
    both = prints.astype(np.float32) @ others.T.astype(np.float32)
    either = prints.sum(axis=1, dtype=np.float32)[:, None] + others.sum(axis=1, dtype=np.float32) - both
    return both / np.maximum(either, 1)


def spellings(molecules: Sequence[Chem.Mol], *, several: int = 8) -> np.ndarray:
    """SMILES as numbers of tokens from 1, int32 (n, several, places), padded in front with 0.

    The first is RDKit's own spelling; the others begin at atoms drawn at random, the same in each call (SMILES
    enumeration; Bjerrum, arXiv:1703.07076, 2017). Tokens are numbered in their order in the alphabet.
    Raises ValueError where several is below 1.
    Taught in notebooks/11_drug_discovery.ipynb, section 2.1.
    """
    if several < 1:
        raise ValueError(f"several: expected 1 or more, found {several}")
    lines = [
        [tokens_of(text) for text in (Chem.MolToSmiles(one), *Chem.MolToRandomSmilesVect(one, several - 1, SPELLED))]
        for one in molecules
    ]
    number = {token: k for k, token in enumerate(sorted({t for texts in lines for text in texts for t in text}), 1)}
    numbers = np.zeros((len(lines), several, max(len(text) for texts in lines for text in texts)), np.int32)
    for rows, texts in zip(numbers, lines, strict=True):
        for row, text in zip(rows, texts, strict=True):
            row[len(row) - len(text) :] = [number[token] for token in text]
    return numbers


class Graphs(NamedTuple):
    """Molecules as arrays, padded to as many places as the largest has atoms.

    atoms: float32 (n, places, features), the last of which is 1 where there is an atom. bonds: float32
    (n, places, places), 1 where two atoms are bound.
    """

    atoms: np.ndarray
    bonds: np.ndarray

    def rows(self, keep: np.ndarray) -> list[np.ndarray]:
        """What the network is given of some molecules."""
        return [self.atoms[keep], self.bonds[keep]]


def graphs(molecules: Sequence[Chem.Mol]) -> Graphs:
    """Of each atom the element, whether it is in a ring and in an aromatic one, its charge and its hydrogens; and who
    is bound to whom.

    Taught in notebooks/11_drug_discovery.ipynb, section 2.1.
    """
    places = max(one.GetNumAtoms() for one in molecules)
    atoms = np.zeros((len(molecules), places, len(ELEMENTS) + HYDROGENS + 5), np.float32)
    bonds = np.zeros((len(molecules), places, places), np.float32)
    for k, one in enumerate(molecules):
        for atom in one.GetAtoms():
            own = atoms[k, atom.GetIdx()]
            symbol = atom.GetSymbol()
            own[ELEMENTS.index(symbol) if symbol in ELEMENTS else len(ELEMENTS)] = 1
            own[len(ELEMENTS) + 1 + min(atom.GetTotalNumHs(), HYDROGENS - 1)] = 1
            own[-4:] = atom.GetIsAromatic(), atom.IsInRing(), atom.GetFormalCharge(), 1
        count = one.GetNumAtoms()
        bonds[k, :count, :count] = Chem.GetAdjacencyMatrix(one)
    return Graphs(atoms, bonds)
