"""Which molecule a line of SMILES is: its InChIKey, the same however it is written, and its scaffold."""

from __future__ import annotations

from collections.abc import Iterable
from typing import NamedTuple

from helpers.datasets.errors import DataError

INSTALL = "It is in requirements.lock; elsewhere: pip install rdkit."


class Identity(NamedTuple):
    """key: InChIKey (Heller et al., J Cheminform 7:23, 2015). scaffold: the ring systems and what links them, as
    SMILES (Bemis and Murcko, J Med Chem 39:2887, 1996), "" where there is no ring."""

    key: str
    scaffold: str


def identities(smiles: Iterable[str]) -> list[Identity | None]:
    """The identity of each molecule, None where RDKit cannot read the line (an impossible valence, for example).

    Raises DataError where RDKit is not installed.

    >>> identities(["OCC", "CCO", "c1ccccc1C", "C(C)(C)(C)(C)C"])[1:3]
    [Identity(key='LFQSCWFLJHTTHZ-UHFFFAOYSA-N', scaffold=''), \
Identity(key='YXFVVABEGXRONW-UHFFFAOYSA-N', scaffold='c1ccccc1')]
    """
    try:
        from rdkit import Chem, rdBase
        from rdkit.Chem.Scaffolds import MurckoScaffold
    except ImportError as error:
        raise DataError("molecules", expected="the package rdkit", found="none installed", todo=INSTALL) from error

    with rdBase.BlockLogs():  # it prints a line to the terminal for each that it cannot read
        molecules = [Chem.MolFromSmiles(text) for text in smiles]
        return [
            None if one is None else Identity(Chem.MolToInchiKey(one), MurckoScaffold.MurckoScaffoldSmiles(mol=one))
            for one in molecules
        ]
