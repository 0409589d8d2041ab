"""Insert sections 7.2 and 7.3 (drafts_08/sections_7_2_and_7_3.py of the history, percent format) before 7.4; run from the repository's root.

    python insert_72_73.py CELLS.py
"""
import json, re, sys
import nbformat

PATH = "notebooks/08_generalisation.ipynb"


def cells(path):
    for block in re.split(r"(?m)^# %% ?", open(path).read())[1:]:
        head, _, body = block.partition("\n")
        kind = "markdown" if head.startswith("[markdown]") else "code"
        meta = {k: json.loads(m[1]) for k, p in (("tags", r"tags=(\[.*?\])"), ("jupyter", r"jupyter=(\{.*?\})")) if (m := re.search(p, head))}
        body = body.strip("\n")
        yield kind, meta, "\n".join(re.sub(r"^# ?", "", line) for line in body.split("\n")) if kind == "markdown" else body


notebook = nbformat.read(PATH, 4)
at = next(k for k, cell in enumerate(notebook.cells) if cell.source.startswith("### 7.4"))
new = []
for kind, meta, body in list(cells(sys.argv[1]))[1:]:  # the first is in the notebook already
    cell = nbformat.v4.new_code_cell(body) if kind == "code" else nbformat.v4.new_markdown_cell(body)
    cell.metadata.update(meta)
    new.append(cell)
notebook.cells[at:at] = new
for k, cell in enumerate(notebook.cells):
    cell.id = f"generalisation-{k}"
nbformat.write(notebook, PATH)
