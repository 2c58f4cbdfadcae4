"""A report's page: its Markdown as one HTML file that needs nothing else, neither a network nor a script."""

import base64
import hashlib
import re
import unicodedata
from collections.abc import Mapping

import jinja2

from chaos_pizza.report.page_markup import read_markdown
from chaos_pizza.report.palette import theme_css

_TEMPLATES = jinja2.Environment(
    loader=jinja2.PackageLoader("chaos_pizza.report"),
    undefined=jinja2.StrictUndefined,
    autoescape=True,
    trim_blocks=True,
    lstrip_blocks=True,
    keep_trailing_newline=True,
)
_THEME = re.compile(r"<style>.*?</style>", re.DOTALL)


def to_page(markdown: str, *, title: str, pictures: Mapping[str, str], lead_html: str = "") -> str:
    """Return a report as an HTML page, made from its Markdown; it ends with a newline.

    `title` is for the window. `pictures` are SVG texts as `charting.draw` gives them, by the name of their file; each
    stands where the Markdown shows it, and where a picture is missing its text alternative does. `lead_html` is HTML
    that is fit to stand below the page's first heading; whoever makes it has escaped what came from outside.

    The Markdown is not trusted: HTML in it shows as text, a link leads nowhere but to the web, to a mail address or to
    a place beside the page, and control and direction characters are left out. The page tells the browser to load
    nothing at all and to run no script.
    """
    drawn = {name: _THEME.sub("", svg, count=1).strip() for name, svg in pictures.items()}
    read = read_markdown(_visible(markdown), drawn)
    style = theme_css() + _TEMPLATES.get_template("page.css.j2").render()
    return _TEMPLATES.get_template("page.html.j2").render(
        title=_visible(title),
        style=style,
        style_hash=base64.b64encode(hashlib.sha256(style.encode()).digest()).decode(),
        head=read.head,
        lead=lead_html,
        contents=read.contents,
        body=read.body,
    )


def _visible(text: str) -> str:
    """Return a text without control characters, but for its lines and tabs; direction marks are such characters too."""
    return "".join(char for char in text if char in "\n\t" or unicodedata.category(char)[0] != "C")
