"""How MyST-NB reads a stored lesson and shows its outputs: folded where JupyterLab folds, figures described."""

from __future__ import annotations

import nbformat
from docutils import nodes
from markdown_it.common.normalize_url import normalizeLinkText
from myst_nb.core.render import MimeData, NbElementRenderer

from course.site.glossary import anchor
from helpers.notebook.claims import CLAIMS_MIME, RESULT_MIME
from helpers.notebook.facts import FACT_MIME
from helpers.notebook.report_card import CARD_MIME

OURS = (CLAIMS_MIME, RESULT_MIME, FACT_MIME, CARD_MIME)  # what the machinery reads, and a page does not show


def read_lesson(text: str) -> nbformat.NotebookNode:
    """A notebook from its file's text; a cell whose source JupyterLab folds has the tag that folds it on a page."""
    notebook = nbformat.reads(text, as_version=4)
    for cell in notebook.cells:
        if cell.metadata.get("jupyter", {}).get("source_hidden"):
            cell.metadata["tags"] = [*cell.metadata.get("tags", []), "hide-input"]
    return notebook


def slug(heading: str) -> str:
    """The anchor of a heading as MyST compares it: Jupyter's, so that a link to it holds on the page as well."""
    return normalizeLinkText(anchor(heading))


class Outputs(NbElementRenderer):
    """MyST-NB's renderer, which leaves out the alternative text of a stored figure and warns of our kinds of output."""

    def render_image(self, data: MimeData) -> list[nodes.Element]:
        """A figure with the alternative text that helpers.plots stored beside it."""
        (image,) = super().render_image(data)
        image["alt"] = data.output_metadata[data.mime_type]["alt"]
        return [image]

    def render_mime_type(self, data: MimeData) -> list[nodes.Element]:
        """What is shown of one kind of output."""
        return [] if data.mime_type in OURS else super().render_mime_type(data)
