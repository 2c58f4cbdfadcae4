"""Text from outside, made harmless for a Markdown page."""

import re
import unicodedata

MAX_CHARS = 300

_AUTOLINKS = re.compile(r"://|www\.", re.IGNORECASE)
_ALWAYS = re.compile(r"[\\`*\[\]|~#!${}]")
# Inside a word an underscore is no emphasis, and reads better bare.
_LOOSE_UNDERSCORE = re.compile(r"(?<![A-Za-z0-9])_|_(?![A-Za-z0-9])")
_LEADING_MARK = re.compile(r"^([-+=])")
_LEADING_NUMBER = re.compile(r"^(\d+)([.)])")
_ENTITIES = (("&", "&amp;"), ("<", "&lt;"), (">", "&gt;"), ("@", "(at)"))
"""An at sign makes a mail link of a text, or calls somebody who is called so on the site that shows the page."""


def plain(text: str, max_chars: int = MAX_CHARS) -> str:
    """Return a text that Markdown shows as it stands: one line, no markup, no HTML, no link, no control characters.

    It may stand at the beginning of a line, in a list, or in a table's cell. More than `max_chars` characters are cut
    off, and an ellipsis says so. An empty text stays empty.
    """
    line = one_line(text, max_chars)
    line = _ALWAYS.sub(lambda found: "\\" + found.group(), line)
    line = _LOOSE_UNDERSCORE.sub(r"\\_", line)
    line = _AUTOLINKS.sub(lambda found: found.group().replace("/", "\\/").replace(".", "\\."), line)
    line = _LEADING_NUMBER.sub(r"\1\\\2", _LEADING_MARK.sub(r"\\\1", line))
    for sign, entity in _ENTITIES:
        line = line.replace(sign, entity)
    return line


def one_line(text: str, max_chars: int = MAX_CHARS) -> str:
    """Return a text on one line, without control characters (invisible and direction marks too), and bounded."""
    # A hostile text may be endless; what is cut off need not be looked at.
    visible = "".join(_visible(char) for char in text[: 4 * max_chars])
    line = " ".join(visible.split())
    is_cut = len(line) > max_chars or len(text) > 4 * max_chars
    return line[: max_chars - 1].rstrip() + "…" if is_cut else line


def _visible(char: str) -> str:
    return " " if unicodedata.category(char)[0] == "C" else char
