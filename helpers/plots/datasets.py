"""A first look at a data set: images of each class, the columns of a table, or the beginning of recordings."""

from __future__ import annotations

import numpy as np
from matplotlib.figure import Figure
from sklearn.decomposition import PCA

from helpers.datasets.beats import BeatDataset
from helpers.datasets.contract import ImageDataset
from helpers.datasets.eeg import EegDataset
from helpers.datasets.genotypes import GenotypeDataset
from helpers.datasets.molecules import MoleculeDataset
from helpers.datasets.sequences import LETTERS, MotifDataset, SequenceDataset
from helpers.datasets.tables import TableDataset
from helpers.plots.images import image_grid
from helpers.plots.style import COLOURS, Picture, new_figure

IMAGES_PER_CLASS = 6
PEOPLE = 3
DAYS = 2


def dataset_figure(data, *, seed: int = 1) -> Picture:
    """A figure of training rows of any data set of the course, with a sentence of its own that tells what it shows.

    data: an ImageDataset, a TableDataset, a BeatDataset, a MoleculeDataset, or a set of recordings: `people` (name to
    a record with `time` (n,) and `values` (n, features)) and `features`, the first of which is drawn. seed: picks the
    images and molecules.
    """
    if isinstance(data, ImageDataset):
        return _contact_sheet(data, seed)
    if isinstance(data, TableDataset):
        return (_histograms if data.class_names else _scatters)(data)
    if isinstance(data, BeatDataset):
        return _beats(data)
    if isinstance(data, SequenceDataset):
        return _letters(data)
    if isinstance(data, MotifDataset):
        return _motifs(data, seed)
    if isinstance(data, EegDataset):
        return _segments(data, seed)
    if isinstance(data, GenotypeDataset):
        return _people(data)
    if isinstance(data, MoleculeDataset):
        return _molecules(data, seed)
    return _recordings(data)


def _beats(data: BeatDataset) -> Picture:
    figure, axes = new_figure(1, len(data.class_names), width=11, height=2.4, sharey=True)
    for panel, (number, label) in zip(axes[0], enumerate(data.class_names), strict=True):
        mine = data.train.signal[data.train.labels == number, :, 0]
        panel.set_title(f"{label} ({len(mine):,})", fontsize=9)
        panel.set_xlabel("s", fontsize=8)
        if len(mine):
            low, middle, high = np.quantile(mine, [0.1, 0.5, 0.9], axis=0)
            panel.fill_between(data.seconds, low, high, alpha=0.3, linewidth=0)
            panel.plot(data.seconds, middle)
    axes[0, 0].set_ylabel("mV", fontsize=8)
    return Picture(
        figure,
        f"the median training beat of each class and the middle 80 %, lead {data.leads[0]}, of {data.title}",
        data.title,
    )


def _molecules(data: MoleculeDataset, seed: int) -> Picture:
    from rdkit import Chem  # only here: few draw molecules
    from rdkit.Chem import Draw

    figure, axes = new_figure(3, 4, width=11, height=7)
    rows = np.random.default_rng(seed).permutation(len(data.train))[: axes.size]
    for panel in axes.flat:
        panel.axis("off")
    for panel, row in zip(axes.flat, rows, strict=False):
        said = data.train.target[row]
        panel.imshow(np.asarray(Draw.MolToImage(Chem.MolFromSmiles(str(data.train.smiles[row])), size=(400, 300))))
        panel.set_title(data.class_names[said] if data.class_names else f"{said:.2f} {data.target_unit}", fontsize=9)
    return Picture(figure, f"{len(rows)} training molecules with {data.target_name}, of {data.title}", data.title)


def _segments(data: EegDataset, seed: int) -> Picture:
    rng = np.random.default_rng(seed)
    figure, axes = new_figure(len(data.group_table), 1, width=9, height=1.5 * len(data.group_table))
    for panel, (group, facts) in zip(axes[:, 0], data.group_table.iterrows(), strict=True):
        panel.plot(data.seconds, data.signal[rng.choice(np.flatnonzero(data.groups == group))], linewidth=0.6)
        panel.set_title(f"{group}: {facts['state']}, electrodes {facts['electrodes']}", fontsize=8)
        panel.tick_params(labelsize=7)
    axes[-1, 0].set_xlabel("s", fontsize=8)
    return Picture(figure, f"a segment of each group of {data.title}, each on a scale of its own", data.title)


def _letters(data: SequenceDataset) -> Picture:
    figure, axes = new_figure(1, 1, width=9, height=3)
    for letter, share, colour in zip(LETTERS, data.inputs.mean(axis=0).T, COLOURS, strict=False):
        axes[0, 0].plot(share, color=colour, linewidth=1)
        axes[0, 0].annotate(letter, (len(share), share[-20:].mean()), color=colour, fontsize=10)
    axes[0, 0].set_xlabel("base of the sequence")
    axes[0, 0].set_ylabel("share of sequences")
    return Picture(figure, f"how often each letter stands at each place of {data.title}", data.title)


def _motifs(data: MotifDataset, seed: int) -> Picture:
    figure, axes = new_figure(2, 3, width=11, height=4)
    drawn = np.random.default_rng(seed).permutation(sorted(data.motifs))[: axes.size]
    for panel, motif in zip(axes.flat, map(data.motif, drawn), strict=False):
        panel.imshow(motif.frequencies.T, vmin=0, vmax=1, cmap="Greys", aspect="auto")
        panel.set_yticks(range(len(LETTERS)), LETTERS, fontsize=8)
        panel.set_title(f"{motif.name} ({motif.id})", fontsize=9)
    return Picture(
        figure, f"{len(drawn)} matrices of {data.title}: the darker, the commoner a letter there", data.title
    )


def _people(data: GenotypeDataset) -> Picture:
    """Each person by the two directions in which the genotypes of all differ most (principal components)."""
    places = data.genotypes[:, data.autosomes].astype(float)
    places -= places.mean(axis=0)
    places /= np.maximum(places.std(axis=0), 1e-9)
    components = PCA(2, svd_solver="arpack", random_state=0).fit_transform(places)
    figure, axes = new_figure(1, 1, width=7, height=5)
    for number, (group, rows) in enumerate(data.people.groupby("super_population").indices.items()):
        x, y = components[rows].T
        colour = COLOURS[number % len(COLOURS)]
        axes[0, 0].plot(x, y, "o", ms=2, alpha=0.6, color=colour)
        where = x.max(), (np.median(y), y.max(), y.min())[number % 3]
        axes[0, 0].annotate(group, where, (4, 0), textcoords="offset points", color=colour, fontsize=10)
    axes[0, 0].set_xlabel("first principal component")
    axes[0, 0].set_ylabel("second principal component")
    groups = ", ".join(sorted(data.people["super_population"].unique()))
    sentence = f"{len(places):,} people of {data.title} by two principal components, in groups: {groups}"
    return Picture(figure, sentence, f"{data.title}: the two directions in which people differ most")


def _contact_sheet(data: ImageDataset, seed: int) -> Picture:
    rng = np.random.default_rng(seed)
    chosen, titles = [], []
    for number, label in enumerate(data.class_names):
        rows = np.flatnonzero(data.train.labels == number)
        _, first = np.unique(data.train.patients[rows], return_index=True)  # one image a person
        picked = rng.permutation(rows[first])[:IMAGES_PER_CLASS]
        chosen += [*picked, *[None] * (IMAGES_PER_CLASS - len(picked))]
        titles += [label] * IMAGES_PER_CLASS
    blank = np.full(data.image_shape, 255, np.uint8)
    images = [blank if row is None else data.train.images[row] for row in chosen]
    masks = None
    if data.train.masks is not None:
        nothing = np.zeros(data.image_shape[:2], bool)
        masks = [nothing if row is None else data.train.masks[row] for row in chosen]
    titles = ["" if row is None else title for row, title in zip(chosen, titles, strict=True)]
    outline = ", lesions outlined" if masks else ""
    sentence = f"up to {IMAGES_PER_CLASS} training images of each class of {data.title}{outline}"
    return image_grid(images, titles, columns=IMAGES_PER_CLASS, masks=masks, alt=sentence, title=data.title)


def _grid(data: TableDataset) -> tuple[Figure, list]:
    columns = min(5, len(data.feature_names))
    rows = -(-len(data.feature_names) // columns)
    figure, axes = new_figure(rows, columns, width=2.6 * columns, height=1.9 * rows)
    panels = list(axes.flat)
    for panel in panels[len(data.feature_names) :]:
        panel.axis("off")
    for panel, name, unit in zip(panels, data.feature_names, data.feature_units, strict=False):
        panel.set_title(name, fontsize=9)
        panel.set_xlabel("" if unit == "1" else unit, fontsize=7)
        panel.tick_params(labelsize=7)
    return figure, panels


def _histograms(data: TableDataset) -> Picture:
    figure, panels = _grid(data)
    for panel, values in zip(panels, data.train.features.T, strict=False):
        bins = np.histogram_bin_edges(values[~np.isnan(values)], 24)
        for number, label in enumerate(data.class_names):
            mine = values[data.train.labels == number]
            panel.hist(mine, bins, density=True, alpha=0.6, color=COLOURS[number % len(COLOURS)], label=label)
        panel.set_yticks([])
    panels[0].legend(fontsize=7, frameon=False)
    return Picture(
        figure, f"how often each value occurs, by {data.target_name}, in the training rows of {data.title}", data.title
    )


def _scatters(data: TableDataset) -> Picture:
    figure, panels = _grid(data)
    for panel, values in zip(panels, data.train.features.T, strict=False):
        panel.plot(values, data.train.target, "o", ms=2, alpha=0.5)
    return Picture(
        figure, f"{data.target_name} (upwards) against each feature, in the training rows of {data.title}", data.title
    )


def _recordings(data) -> Picture:
    people = list(data.people.items())[:PEOPLE]
    figure, axes = new_figure(len(people), 1, width=9, height=1.8 * len(people), sharey=True)
    for panel, (person, record) in zip(axes[:, 0], people, strict=True):
        shown = record.time < record.time[0] + np.timedelta64(DAYS, "D")
        panel.plot(record.time[shown], record.values[shown, 0])
        panel.set_title(str(person), fontsize=9)
        panel.tick_params(labelsize=8)
    figure.supylabel(data.features[0], fontsize=9)
    return Picture(
        figure, f"{data.features[0]} of {len(people)} people in the first {DAYS} days of {data.title}", data.title
    )
