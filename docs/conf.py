"""The web edition, by Sphinx (`make site`): index.md, the stored notebooks, the cards of the data sets, docs/.

It is built twice: in English, and with the tag `zh` as a Chinese edition under zh/, whose pages are in Chinese where
they are translated (course.site.chinese).
"""

from course.site.chinese import edited
from course.site.facts import citation, measured_table
from course.site.syllabus import repository

CHINESE = tags.has("zh")  # noqa: F821 (Sphinx defines it)
NOTICE = "不可用于临床。代码 MIT，文字 CC BY 4.0。" if CHINESE else "Not for clinical use. Code MIT, text CC BY 4.0."
language = "zh_CN" if CHINESE else "en"
project = "医疗保健中的深度学习" if CHINESE else "Deep Learning in Healthcare"
author = "The maintainers of Deep Learning in Healthcare"
copyright = author
extensions = ["myst_nb", "sphinx_copybutton", "course.site.edition", *["course.site.chinese"] * CHINESE]

# The sources lie where they lie: Sphinx runs in the repository's root, so that a link between two files holds on a page
# as well, and "edit this page" leads to the file.
include_patterns = ["index.md", "notebooks/[0-9][0-9]_*.ipynb", "data/README.md", "docs/**.md"]
exclude_patterns = [".*", "build", "tests"]

nb_execution_mode = "off"  # what is stored is what the tests compare
nb_custom_formats = {".ipynb": ("course.site.outputs.read_lesson", {}, False)}
nb_render_plugin = "course"  # course.site.outputs.Outputs
nb_render_markdown_format = "myst"  # links in printed tables are followed as well
nb_ipywidgets_js = {}  # a control is a still figure on a page
nb_code_prompt_show = "显示代码" if CHINESE else "Show {type}"
nb_code_prompt_hide = "隐藏代码" if CHINESE else "Hide {type}"
myst_enable_extensions = ["dollarmath", "amsmath", "substitution"]
myst_heading_anchors = 4
# as Jupyter has them, so that a link holds in both places
myst_heading_slug_func = f"course.site.{'chinese' if CHINESE else 'outputs'}.slug"
myst_substitutions = {"measured": measured_table(), "citation": citation()}

html_theme = "sphinx_book_theme"
html_title = project
html_favicon = "_static/favicon.svg"
html_math_renderer = "drawn"  # course.site.edition: no script, no network
html_static_path = ["_static"]
templates_path = ["_templates"]  # the link to the same page in the other language
html_css_files = ["course.css"]
html_js_files = [("quiz.js", {"defer": "defer"}), ("meanings.js", {"defer": "defer"})]
html_context = {"default_mode": "auto"}  # light or dark as the reader has it; the theme calls none an error
if CHINESE:  # "edit this page" leads to the translation
    html_context |= {
        "edited": edited(),
        "edit_page_url_template": repository() + "/edit/main/{{ edited.get(file_name, file_name) }}",
        "edit_page_provider_name": "GitHub",
    }
html_copy_source = True
html_show_sourcelink = False
html_last_updated_fmt = None
html_theme_options = {
    "repository_url": repository(),
    "repository_branch": "main",
    "use_edit_page_button": True,
    "use_repository_button": True,
    "launch_buttons": {
        "binderhub_url": "https://mybinder.org",
        "notebook_interface": "jupyterlab",
    },
    "article_header_end": ["other-language", "article-header-buttons"],
    "navbar_persistent": [],  # the search stands in the sidebar
    "home_page_in_toc": True,
    "show_navbar_depth": 1,
    "show_toc_level": 2,
    "extra_footer": f"<p>{NOTICE} {citation()}</p>",
}
