"""Configuration of Sphinx, which generates the reference of `renumerate_sdk` from the docstrings."""

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

# In a docstring, a name in single backquotes, such as `Client`, is a link. A link without a target causes a warning.
default_role = "py:obj"
nitpicky = True
# Names of the standard library, which this reference does not contain. Links to them cause no warning.
nitpick_ignore_regex = [(r"py:.*", r"(?:asyncio|collections\.abc|datetime|os)\.\w+|PathLike|date|datetime|timedelta")]


def read_sections(_app, what, name, thing, options, lines):
    """Converts the sections of docstrings, such as ``Args:``, as the extension Napoleon does.

    Skips attributes and properties: in their docstrings, Napoleon would take the text before a colon for a type.
    """
    if what not in ("attribute", "property"):
        lines[:] = GoogleDocstring(lines, what=what, name=name, obj=thing, options=options).lines()


def setup(app):
    app.connect("autodoc-process-docstring", read_sections)
