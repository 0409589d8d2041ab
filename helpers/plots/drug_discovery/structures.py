"""Structures: molecules drawn side by side."""

from __future__ import annotations

import io
from collections.abc import Sequence

import numpy as np
from matplotlib.figure import Figure
from PIL import Image

from helpers.plots.style import new_figure, titled

SIDE = 2.3  # inches of a panel
PIXELS = (360, 260)


@titled()
def molecules(smiles: Sequence[str], captions: Sequence[str], *, columns: int = 4) -> Figure:
    """A panel per molecule: its structure as chemists draw it, with a caption above.

    smiles: lines that RDKit can read. columns: panels side by side.
    """
    from rdkit import Chem  # only here: few draw molecules
    from rdkit.Chem.Draw import rdMolDraw2D

    rows = -(-len(smiles) // columns)
    figure, axes = new_figure(rows, columns, width=SIDE * columns, height=1.9 * rows)
    for panel in axes.flat:
        panel.set(xticks=[], yticks=[])  # ticks take time even where nobody sees them
        panel.axis("off")
    for panel, text, caption in zip(axes.flat, smiles, captions, strict=False):
        drawer = rdMolDraw2D.MolDraw2DCairo(*PIXELS)
        drawer.drawOptions().fixedBondLength = 32
        drawer.DrawMolecule(Chem.MolFromSmiles(str(text)))
        drawer.FinishDrawing()
        panel.imshow(np.asarray(Image.open(io.BytesIO(drawer.GetDrawingText()))))
        panel.set_title(caption, fontsize=9)
    return figure
