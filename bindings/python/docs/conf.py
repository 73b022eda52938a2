"""The reference of `renumerate_sdk`, which Sphinx makes from the docstrings."""

from importlib.metadata import version as installed_version

from sphinx.ext.napoleon import GoogleDocstring

project = "renumerate-sdk"
author = copyright = "The Renumerate SDK authors"
version = release = installed_version(project)

extensions = ["sphinx.ext.autodoc", "sphinx.ext.coverage"]
html_theme = "alabaster"
html_copy_source = False
autodoc_default_options = {"members": True}
coverage_show_missing_items = True

# `Client` in a docstring is a link, and one that leads nowhere is a warning.
default_role = "py:obj"
nitpicky = True
# Python's own, whose pages are elsewhere.
nitpick_ignore_regex = [(r"py:.*", r"(?:asyncio|collections\.abc|os)\.\w+|PathLike|timedelta")]


def read_sections(_app, what, name, thing, options, lines):
    """As the extension Napoleon does; but that would take what stands before a colon on an attribute for its type."""
    if what not in ("attribute", "property"):
        lines[:] = GoogleDocstring(lines, what=what, name=name, obj=thing, options=options).lines()


def setup(app):
    app.connect("autodoc-process-docstring", read_sections)
