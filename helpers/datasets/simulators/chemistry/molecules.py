"""Made-up molecules that may be given away: a ring system, groups that hang on it, and a simulated solubility.

How it is made: one of some fifty ring systems is drawn, and for each of its open places one of some fifty groups. The
solubility is computed: greasy, flat and heavy molecules dissolve worse; each ring system's crystal adds a number of its
own; a donor and an acceptor of hydrogen bonds that close a ring of six cost more than either; laboratories differ.
Left out: stereochemistry, charges, salts, tautomers, melting points, temperature and acidity of the water.
Known limits: molecules of one construction kit, of which some exist and some nobody could make; a rule of a few terms,
so that scores on it compare methods and tell of no drug.
"""

from __future__ import annotations

import numpy as np

from helpers.datasets.arguments import check_whole
from helpers.datasets.molecules import MoleculeDataset, MoleculeSplit
from helpers.datasets.sources.molecules.identity import identities
from helpers.datasets.sources.molecules.splits import random_split

# Ring systems as SMILES; {} is where a group hangs, and may be empty.
CORES = (
    *(
        "c1cc{}cc{}c1{}",
        "c1c{}nc{}cc1{}",
        "c1nc{}cc{}n1",
        "c1nc{}c{}nc1{}",
        "c1c{}nnc{}c1",
        "c1sc{}cc1{}",
        "c1oc{}cc1{}",
    ),
    *("c1nc{}sc1{}", "c1nc{}oc1{}", "c1c{}[nH]nc1{}", "c1c{}onc1{}", "Cn1cc{}nc1{}", "Cn1nc{}cc1{}", "c1nnc{}s1"),
    *("c1ccc2c{}cccc2c1{}", "c1cc{}c2nccc{}c2c1", "c1cc{}c2cnc{}cc2c1", "c1c{}cc2ncnc{}c2c1", "c1c{}cc2nc{}cnc2c1"),
    *("c1c{}cc2[nH]cc{}c2c1", "c1c{}cc2[nH]c{}nc2c1", "c1c{}cc2sc{}nc2c1", "c1c{}cc2oc{}nc2c1", "c1c{}cc2c{}n[nH]c2c1"),
    *("c1c{}cc2occ{}c2c1", "c1c{}cc2scc{}c2c1", "C1CC{}CCC1{}", "C1CCN{}CC1{}", "C1CN{}CCN1{}", "C1COCCN1{}"),
    *(
        "C1CC{}CN1{}",
        "C1CC{}OC1",
        "c1cc{}c2CCCCc2c1{}",
        "c1cc{}c2CCNCc2c1{}",
        "c1cc{}c2OCOc2c1{}",
        "c1cc{}c2OCCOc2c1{}",
    ),
    *("O=c1c{}cc2ccc{}cc2o1", "O=c1[nH]c{}nc2ccc{}cc12", "O=C1Nc2ccc{}cc2C1{}", "O=C1N{}C(=O)CC1{}", "O=C1CC{}CN1{}"),
    *("c1cc{}ccc1-c1ccc{}cc1", "c1cc{}ccc1-c1ccncc1{}", "c1cc{}ccc1Oc1ccc{}cc1", "c1cc{}ccc1Cc1ccc{}cc1"),
    *(
        "c1cc{}ccc1C(=O)Nc1ccc{}cc1",
        "c1cc{}ccc1S(=O)(=O)N1CCC{}CC1",
        "c1cc{}ccc1C(=O)N1CCN{}CC1",
        "c1cc{}ccc1-c1nc{}cs1",
    ),
    *("c1cc{}ccc1-c1nnc{}o1", "c1cc{}ccc1CN1CCC{}CC1", "c1cc{}ccc1NC(=O)C1CCN{}CC1", "c1cc{}c2c(c1)[nH]c1ccc{}cc12"),
)
GROUPS = (
    *(
        "",
        "",
        "C",
        "CC",
        "C(C)C",
        "C(C)(C)C",
        "CCCC",
        "CCCCCC",
        "C1CC1",
        "O",
        "OC",
        "OCC",
        "OC(C)C",
        "OCCO",
        "CO",
        "CCO",
    ),
    *("F", "Cl", "Br", "C(F)(F)F", "OC(F)(F)F", "C#N", "N", "NC", "N(C)C", "CN(C)C", "CCN", "NC(C)=O", "C(=O)N"),
    *(
        "C(=O)NC",
        "C(=O)N(C)C",
        "C(=O)O",
        "CC(=O)O",
        "C(=O)OC",
        "C(C)=O",
        "S(C)(=O)=O",
        "S(N)(=O)=O",
        "SC",
        "NS(C)(=O)=O",
    ),
    *("CC(=O)N", "OCC(=O)N", "C(=O)NCCO", "NCCO", "OCCN(C)C", "CCC(C)C", "C=CC", "OCCCC"),
)
FEWEST, MOST = 8, 36  # atoms without hydrogen
NOISE = 0.5  # standard deviation between laboratories, log10(mol/L): about what two of them differ by on one substance
PACKING = 1.1  # standard deviation of what a ring system's crystal adds, the same for all molecules built on it
PAIRED = 1.2  # what is lost where a donor and an acceptor sit so near that they bind each other instead of water
PAIRS = "[O,N;!H0]~[#6,#16,#7]~[#6,#7,#16]~[#6,#16]~[O,n;H0]"  # four bonds apart: a ring of six
UNSTABLE = "[#7]-[F,Cl,Br,O,N,S;!R;!$(S(=O)=O);!$(NS)]"  # a lone group on nitrogen that would fall off
CARDS = {
    "molecules": {
        "people": "nobody: molecules that a program puts together",
        "labelled": "computed, with noise of half a unit between laboratories, log10(mol/L)",
        "task": "log solubility in water, a number",
        "size": "1,200 molecules",
        "licence": "CC0: nobody's collection was used",
    }
}
TRIES = 40  # draws for each molecule that is wanted, before the demand is refused
UNIT, TARGET = "log10(mol/L)", "log solubility"


def simulate_molecules(molecules: int = 1200, *, seed: int = 1) -> MoleculeDataset:
    """Different made-up molecules with a simulated solubility, in three random splits.

    The rule is `true_solubility`, plus noise of NOISE between laboratories. The molecules, the rule's share of each
    ring system and the noise are drawn with the seed. Raises ValueError for another number than 60 to 20,000.
    """
    check_whole("molecules", molecules, 60, 20_000)
    check_whole("seed", seed, 0, 2**63 - 1)
    rng = np.random.default_rng(seed)
    smiles, cores = draw_molecules(molecules, rng)
    target = true_solubility(smiles, cores, rng.normal(0, PACKING, len(CORES))) + rng.normal(0, NOISE, molecules)
    keys, scaffolds = (np.array(part) for part in zip(*identities(smiles), strict=True))
    whole = MoleculeSplit(smiles, target, keys, scaffolds)
    return MoleculeDataset(
        name="molecules",
        title="Made-up molecules with a simulated solubility",
        simulated=True,
        patients_known=True,
        source="drawn and measured by helpers/datasets/simulators/chemistry/molecules.py",
        licence=CARDS["molecules"]["licence"],
        citation="Deep Learning in Healthcare: an executable course",
        notes=("Solubility is computed by a made-up rule, with noise: nobody measured anything.",),
        **{part: whole.rows(rows) for part, rows in random_split(keys, seed=seed).items()},
        split="random",
        target_name=TARGET,
        target_unit=UNIT,
    )


def draw_molecules(molecules: int, rng: np.random.Generator) -> tuple[np.ndarray, np.ndarray]:
    """Different molecules of FEWEST to MOST atoms: canonical SMILES, text (molecules,), and the number of each core.

    A core is drawn by a chance of its own, since some are common in real collections, and a group for each place.
    Raises ValueError where so many different ones are not found.
    """
    from rdkit import Chem, rdBase

    unstable = Chem.MolFromSmarts(UNSTABLE)
    chances = np.cumsum(rng.dirichlet(np.full(len(CORES), 4.0)))[:-1]
    found: dict[str, int] = {}
    for _ in range(TRIES * molecules):
        if len(found) == molecules:
            return np.array(list(found)), np.array(list(found.values()))
        core = int(np.searchsorted(chances, rng.random()))
        groups = (GROUPS[k] for k in rng.integers(len(GROUPS), size=CORES[core].count("{}")))
        text = CORES[core].format(*(f"({group})" if group else "" for group in groups))
        with rdBase.BlockLogs():
            molecule = Chem.MolFromSmiles(text)
        if molecule and FEWEST <= molecule.GetNumAtoms() <= MOST and not molecule.HasSubstructMatch(unstable):
            found.setdefault(Chem.MolToSmiles(molecule), core)
    raise ValueError(f"molecules: found {len(found):,} different ones, not {molecules:,}")


def true_solubility(smiles: np.ndarray, cores: np.ndarray, packing: np.ndarray) -> np.ndarray:
    """The rule behind the simulated solubility, log10(mol/L), shape (n,).

    Greasy, flat and heavy molecules dissolve worse, as in Delaney's equation (J Chem Inf Comput Sci 44:1000, 2004,
    whose form and rough slopes it takes); a ring system's crystal adds `packing` of its core, (number of cores,); and a
    donor and an acceptor of hydrogen bonds that bind each other cost PAIRED, which no sum over the parts can know.
    """
    from rdkit import Chem
    from rdkit.Chem import Crippen, Descriptors

    pair = Chem.MolFromSmarts(PAIRS)
    values = []
    for text in smiles:
        one = Chem.MolFromSmiles(str(text))
        flat = sum(atom.GetIsAromatic() for atom in one.GetAtoms()) / one.GetNumAtoms()
        bound = one.HasSubstructMatch(pair)
        values.append(-0.4 - 0.65 * Crippen.MolLogP(one) - 0.006 * Descriptors.MolWt(one) - 0.7 * flat - PAIRED * bound)
    return np.array(values) + packing[cores]
