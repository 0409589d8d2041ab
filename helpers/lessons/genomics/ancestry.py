"""Groups of people by their genotypes: how far they parted, and how a score of one group does in the others."""

from __future__ import annotations

import numpy as np
import pandas as pd

from helpers.datasets.genotypes import FIRST_DEGREE, GenotypeDataset, kinship
from helpers.datasets.simulators.genetics.populations import ancestors, draw_children, draw_people, part
from helpers.datasets.sources.genetics.thousand_genomes import VARIANTS
from helpers.datasets.sources.genetics.vcf import read_vcf
from helpers.datasets.sources.listed import fetch_listed
from helpers.lessons.genomics.association import mean_and_sd, standardised

EACH, PLACES = 500, 1_004  # people of a simulated group, places: about as many as of the real one
PARTED = {"north": 0.05, "south": 0.05, "east": 0.12, "west": 0.05, "isles": 0.17}  # F_ST from the ancestors
PAIRS = ("AG", "GA", "CT", "TC", "AC", "GT", "AT", "CG")  # letters of a place: counted, other
COMMON = (0.17, 0.17, 0.17, 0.17, 0.1, 0.1, 0.06, 0.06)  # how common they are, about; most are A/G or C/T
HOME = ("EUR", "north")  # the group in which a score is made, where it is there; else the largest


def simulate_groups(*, seed: int) -> GenotypeDataset:
    """Five groups of 500 unrelated people, 1,004 independent places, drifted from common ancestors by PARTED."""
    past = ancestors(PLACES, 1, seed=seed)
    drawn = [
        draw_people(part(past, fst, seed=seed + 10 + k), EACH, seed=seed + 20 + k)
        for k, fst in enumerate(PARTED.values())
    ]
    genotypes = np.concatenate(drawn).astype(np.int64)
    frequency = genotypes.mean(axis=0) / 2
    genotypes = np.where(frequency > 0.5, 2 - genotypes, genotypes)
    groups = np.repeat(list(PARTED), EACH)
    sex = np.where(np.random.default_rng(seed).random(len(groups)) < 0.5, "F", "M")
    names = [f"S{number:04d}" for number in range(len(groups))]
    people = pd.DataFrame({"population": groups, "super_population": groups, "sex": sex}, index=names)
    letters = np.array([list(pair) for pair in PAIRS])[
        np.random.default_rng(seed + 1).choice(len(PAIRS), PLACES, p=COMMON)
    ]
    places = pd.DataFrame(
        {
            "chromosome": "1",
            "position": np.arange(1, PLACES + 1) * 1000,
            "counted": letters[:, 0],
            "other": letters[:, 1],
        }
    )
    return GenotypeDataset(
        name="simulated groups",
        title="Five simulated groups",
        source="helpers.lessons.genomics.ancestry",
        licence="MIT",
        citation="This course.",
        simulated=True,
        patients_known=True,
        genotypes=genotypes,
        people=people,
        places=places.assign(frequency=np.minimum(frequency, 1 - frequency)),
        relatives_left_out=0,
    )


def hudson(one: np.ndarray, other: np.ndarray) -> float:
    """F_ST between two groups of genotypes (people, places): Hudson's estimator, a ratio of averages over places.

    Numerator (p1 - p2)² - p1 (1 - p1) / (n1 - 1) - p2 (1 - p2) / (n2 - 1), denominator p1 (1 - p2) + p2 (1 - p1), with
    n letters, two a person (Bhatia et al., Genome Research 23:1514, 2013, equation 10).
    Taught in notebooks/10_genomics.ipynb, section 4.2.
    """
    p1, p2 = one.mean(axis=0) / 2, other.mean(axis=0) / 2
    n1, n2 = 2 * len(one), 2 * len(other)
    between = (p1 - p2) ** 2 - p1 * (1 - p1) / (n1 - 1) - p2 * (1 - p2) / (n2 - 1)
    return float(between.sum() / (p1 * (1 - p2) + p2 * (1 - p1)).sum())


def home_of(data: GenotypeDataset) -> str:
    """The group in which the score is made."""
    groups = data.people["super_population"]
    return next((name for name in HOME if (groups == name).any()), groups.value_counts().index[0])


def fst_table(data: GenotypeDataset) -> pd.DataFrame:
    """Hudson's F_ST between each two groups, from the places of autosomes, as a square table."""
    rows = data.people.groupby("super_population").indices
    of_group = {name: data.genotypes[index][:, data.autosomes] for name, index in rows.items()}
    return pd.DataFrame(
        {a: {b: 0.0 if a == b else hudson(x, y) for b, y in of_group.items()} for a, x in of_group.items()}
    )


def carried(
    data: GenotypeDataset, kin: np.ndarray, *, traits: int, causal: int, heritability: float, seed: int
) -> pd.DataFrame:
    """The variance of made-up traits that a score explains in each group, a row per trait: made in four fifths of the
    home group, tested on its last fifth, on everybody else, and (column "their relatives") on kin.

    kin: genotypes (relatives, places) of people with relatives in the home group. Each trait draws its own fifth. The
    same `causal` places act everywhere, with the same effects per copy, and are among the places that the score knows;
    in each group they make up the same heritability. So frequencies (and with them linkage to neighbours) differ, and
    nothing else. The score is ridge regression with the penalty that the heritability implies: M (1 - h²) / h². What is
    explained is the squared correlation, corrected for the few people of a test (adjusted R²), so it may be below 0.
    Taught in notebooks/10_genomics.ipynb, section 4.2.
    """
    rng, home = np.random.default_rng(seed), home_of(data)
    rows = data.people.groupby("super_population").indices
    kin_rows = np.arange(len(data.people), len(data.people) + len(kin))
    known = np.concatenate([data.genotypes, kin])[:, data.autosomes]
    mean, sd = mean_and_sd(known[rows[home]])
    places, varies = standardised(known, mean, sd), np.flatnonzero(sd > 0)
    penalty = len(varies) * (1 - heritability) / heritability
    found = []
    for _ in range(traits):
        acting = rng.choice(varies, min(causal, len(varies)), replace=False)
        raw = places[:, acting] @ rng.normal(size=len(acting)).astype(np.float32)
        rest = rng.normal(size=len(raw)) * np.sqrt(1 - heritability)
        liability = np.empty(len(raw))
        for index in (*rows.values(), kin_rows):
            own = (raw[index] - raw[index].mean()) / raw[index].std()
            liability[index] = np.sqrt(heritability) * own + rest[index]
        mixed = rng.permutation(rows[home])
        test, learn = mixed[: len(mixed) // 5], mixed[len(mixed) // 5 :]
        kernel = (places[learn] @ places[learn].T).astype(np.float64) + penalty * np.eye(len(learn))
        towards = np.linalg.solve(kernel, liability[learn] - liability[learn].mean())
        said = places @ (places[learn].T @ towards.astype(np.float32))
        tests = rows | {home: test, "their relatives": kin_rows}
        found.append({name: _adjusted(said[index], liability[index]) for name, index in tests.items()})
    return pd.DataFrame(found)


def _adjusted(said: np.ndarray, liability: np.ndarray) -> float:
    r2 = np.corrcoef(said, liability)[0, 1] ** 2
    return float(r2 - (1 - r2) / (len(said) - 2))


def relatives(data: GenotypeDataset, *, seed: int) -> tuple[np.ndarray, np.ndarray]:
    """Genotypes of people of the file who are left out of the data, (relatives, places), and their groups.

    Of the 1000 Genomes Project the relatives in its file; of simulated people a child of each two in a row.
    """
    if data.name != "thousand_genomes":
        children = draw_children(data.genotypes.astype(np.int8), seed=seed)
        return children, data.people["super_population"].to_numpy()[0 : 2 * len(children) : 2]
    paths = fetch_listed("thousand_genomes")
    file = read_vcf(paths[VARIANTS])
    left_out = [row for row, name in enumerate(file.samples) if name not in data.people.index]
    copies = file.copies[left_out]
    counted = (data.places["counted"].to_numpy() == file.places["alternative"].to_numpy())[np.newaxis]
    copies = np.where(counted, copies, 2 - copies)
    centres = data.people.groupby("super_population").indices  # whose group is not in the panel: the nearest one
    autosomes = data.autosomes
    means = {name: data.genotypes[index][:, autosomes].mean(axis=0) for name, index in centres.items()}
    distance = np.array([((copies[:, autosomes] - mean) ** 2).sum(axis=1) for mean in means.values()])
    return copies, np.array(list(means))[distance.argmin(axis=0)]


def close_to(data: GenotypeDataset, others: np.ndarray, groups: np.ndarray) -> np.ndarray:
    """Which of the others have a first-degree relative among the data's people of their group: bool (others,)."""
    close = np.zeros(len(others), bool)
    for name, index in data.people.groupby("super_population").indices.items():
        mine = np.flatnonzero(groups == name)
        both = np.concatenate([data.genotypes[index], others[mine]])[:, data.autosomes]
        close[mine] = (kinship(both)[len(index) :, : len(index)] > FIRST_DEGREE).any(axis=1)
    return close
