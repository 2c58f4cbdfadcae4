"""A report's Markdown as the HTML of its page: sections, tables, notices, and pictures in their places."""

import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from html import escape
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from markdown_it import MarkdownIt
    from markdown_it.token import Token

_NOTICE = re.compile(r"\[!(NOTE|TIP|IMPORTANT|WARNING|CAUTION)\]\n?")
_SIGNS = {"NOTE": "ℹ", "TIP": "✔", "IMPORTANT": "❗", "WARNING": "⚠", "CAUTION": "⚠"}  # noqa: RUF001 - a sign
_QUESTION = "To fill in:"
_CELLS = {"td_open", "th_open"}
_FIGURE = re.compile(r"(?<=\d) (?=(?:ms|s|min|h|%)(?!\w))")
# What a page may lead to: the web, a mail address, a place on this page, a file beside it.
_HARMLESS = re.compile(r"https?://|mailto:|#|(\.{1,2}/)*\w[\w./-]*(#[\w-]*)?$", re.IGNORECASE | re.ASCII)
# From the root of a checkout, which a page that may lie anywhere can't lead to: there its text alone stands.
_OF_CHECKOUT = re.compile(r"/\w[\w./-]*(#[\w-]*)?", re.ASCII)


@dataclass(frozen=True, slots=True)
class PageMarkup:
    """The parts of a page as HTML.

    `head` is the first heading, with a line in strong letters below it, `body` all that follows. `contents` names the
    sections: where each is, and its heading.
    """

    head: str
    contents: tuple[tuple[str, str], ...]
    body: str


def read_markdown(markdown: str, pictures: Mapping[str, str]) -> PageMarkup:
    """Return what a page shows of a report in GitHub's Markdown; HTML in it shows as text.

    `pictures` are the SVG elements to put in, by file name.
    """
    reader = _reader()
    tokens = _arranged(reader.parse(markdown), pictures)
    cut = _head_length(tokens)
    head, rest = tokens[:cut], tokens[cut:]
    contents = tuple(
        (str(token.attrs["id"]), _text_of(rest[place + 1]))
        for place, token in enumerate(rest)
        if token.type == "heading_open" and token.tag == "h2"
    )
    return PageMarkup(_html(reader, head), contents, _html(reader, [*_in_sections(rest)]))


def _head_length(tokens: Sequence["Token"]) -> int:
    """Return how many tokens the first heading is, and a line in strong letters below it."""
    if not tokens or tokens[0].tag != "h1":
        return 0
    has_line = len(tokens) > 5 and tokens[3].type == "paragraph_open" and _is_strong(tokens[4])
    return 6 if has_line else 3


def _reader() -> "MarkdownIt":
    from markdown_it import MarkdownIt  # noqa: PLC0415 - only who writes a page needs it

    reader = MarkdownIt("commonmark", {"html": False}).enable(["table", "strikethrough"])
    reader.validateLink = lambda url: bool(_HARMLESS.match(url.strip()) or _OF_CHECKOUT.fullmatch(url))  # type: ignore[method-assign]
    return reader


def _html(reader: "MarkdownIt", tokens: Sequence["Token"]) -> str:
    return str(reader.renderer.render(tokens, reader.options, {}))


def _arranged(tokens: list["Token"], pictures: Mapping[str, str]) -> list["Token"]:
    """Return the tokens of a report with what a page has and Markdown hasn't."""
    seen: dict[str, int] = {}
    is_first_cell = False
    for place, token in enumerate(tokens):
        if token.type == "heading_open":
            token.attrSet("id", _numbered(_anchor(_text_of(tokens[place + 1])), seen))
        elif token.type == "blockquote_open":
            _mark_quote(tokens, place)
        elif token.type == "inline":
            _mark_links(token.children or [])
            if place and tokens[place - 1].type in _CELLS:
                _bind_units(token.children or [])
            _put_pictures(tokens, place, pictures, seen)
        elif token.type == "th_open":
            token.attrSet("scope", "col")
        elif token.type == "tr_open":
            is_first_cell = True
        elif token.type == "td_open" and is_first_cell:
            is_first_cell = False
            _make_row_head(tokens, place)
    return [*_with_boxes(tokens)]


def _bind_units(children: Sequence["Token"]) -> None:
    """Keep each figure of a cell on one line with its unit."""
    for child in children:
        if child.type == "text":
            child.content = _FIGURE.sub("\N{NO-BREAK SPACE}", child.content)


def _with_boxes(tokens: Sequence["Token"]) -> Iterator["Token"]:
    """Yield the tokens with a box around each table, which scrolls by itself where the table is too wide."""
    heading = ""
    for place, token in enumerate(tokens):
        if token.type == "heading_open":
            heading = _text_of(tokens[place + 1])
        if token.type == "table_open":
            label = escape(f"Table: {heading}" if heading else "Table")
            yield _raw(f'<div class="table" role="group" aria-label="{label}" tabindex="0">\n')
        yield token
        if token.type == "table_close":
            yield _raw("</div>\n")


def _in_sections(tokens: Sequence["Token"]) -> Iterator["Token"]:
    """Yield the tokens with each second heading and what follows it in a section of its own."""
    is_open = False
    for token in tokens:
        if token.type == "heading_open" and token.tag == "h2":
            closing = "</section>\n" if is_open else ""
            yield _raw(f'{closing}<section aria-labelledby="{escape(str(token.attrs["id"]))}">\n')
            is_open = True
        yield token
    if is_open:
        yield _raw("</section>\n")


def _make_row_head(tokens: Sequence["Token"], place: int) -> None:
    tokens[place].tag = "th"
    tokens[place].attrSet("scope", "row")
    closing = next(token for token in tokens[place:] if token.type == "td_close")
    closing.tag = "th"


def _mark_quote(tokens: Sequence["Token"], place: int) -> None:
    """Make a notice of a quotation that begins with GitHub's mark of one, and let a question be seen as one."""
    inline = next((token for token in tokens[place : place + 3] if token.type == "inline"), None)
    if inline is None:
        return
    found = _NOTICE.match(inline.content)
    if found:
        _make_notice(tokens, place, inline, found)
    elif _text_of(inline).startswith(_QUESTION):
        tokens[place].attrSet("class", "question")


def _make_notice(tokens: Sequence["Token"], place: int, inline: "Token", found: re.Match[str]) -> None:
    kind = found.group(1)
    tokens[place].tag = "div"
    tokens[place].attrSet("class", f"alert {kind.lower()}")
    tokens[place].attrSet("role", "note")
    level = tokens[place].level
    closing = next(t for t in tokens[place:] if t.type == "blockquote_close" and t.level == level)
    closing.tag = "div"
    children = inline.children or []
    after = next((at + 1 for at, child in enumerate(children) if child.type == "softbreak"), len(children))
    label = _raw(f'<span class="sign" aria-hidden="true">{_SIGNS[kind]}</span> {kind.capitalize()}', "html_inline")
    tokens[place + 1].attrSet("class", "kind")
    rest = children[after:]
    inline.children = [label, *([_raw("</p>\n<p>", "html_inline")] if rest else []), *rest]


def _mark_links(children: Sequence["Token"]) -> None:
    is_left_out = False
    for child in children:
        if child.type == "link_open":
            is_left_out = _OF_CHECKOUT.fullmatch(str(child.attrs.get("href", ""))) is not None
            child.attrSet("rel", "noopener noreferrer")
        if child.type in {"link_open", "link_close"}:
            child.hidden = is_left_out


def _put_pictures(tokens: Sequence["Token"], place: int, pictures: Mapping[str, str], seen: dict[str, int]) -> None:
    """Put a picture where the Markdown shows it; without it, its text alternative stands there."""
    children = tokens[place].children or []
    for at, child in enumerate(children):
        if child.type != "image":
            continue
        name = str(child.attrs.get("src", ""))
        if name not in pictures:
            children[at] = _raw(escape(child.content), "html_inline")
            continue
        is_alone = len(children) == 1
        title = _take_title(tokens, place) if is_alone else ""
        children[at] = _raw(_figure(pictures[name], name, _numbered(name, seen), title), "html_inline")
        if is_alone:  # a figure does not stand in a paragraph
            tokens[place - 1].hidden = tokens[place + 1].hidden = True


def _take_title(tokens: Sequence["Token"], place: int) -> str:
    """Take the line in strong letters above a picture from the page, and return it; empty where there is none."""
    before = tokens[max(0, place - 4) : max(0, place - 1)]
    if [token.type for token in before] != ["paragraph_open", "inline", "paragraph_close"] or not _is_strong(before[1]):
        return ""
    title = _text_of(before[1])
    before[0].hidden = before[2].hidden = True
    before[1].children = []
    return title


def _is_strong(inline: "Token") -> bool:
    """Tell whether a line is in strong letters from its beginning to its end."""
    kinds = [child.type for child in inline.children or [] if child.type != "text" or child.content]
    return kinds[:1] == ["strong_open"] and kinds.index("strong_close") == len(kinds) - 1


def _figure(svg: str, name: str, numbered: str, title: str) -> str:
    stem = name.removesuffix(".svg")
    if numbered != name:  # a second time on the same page: its ids have to be others
        svg = svg.replace(f"chart-{stem}-", f"chart-{numbered.replace('.svg', '')}-")
    caption = f"<figcaption>{escape(title)}</figcaption>" if title else ""
    box = f'<div class="picture" role="group" aria-label="{escape(title or stem)}" tabindex="0">{svg}</div>'
    return f"<figure>{caption}{box}</figure>\n"


def _numbered(name: str, seen: dict[str, int]) -> str:
    """Return a name that is there once on the page: as it stands, or with a number."""
    seen[name] = seen.get(name, 0) + 1
    return name if seen[name] == 1 else f"{name}-{seen[name]}"


def _anchor(heading: str) -> str:
    return re.sub(r"[^a-z0-9]+", "-", heading.lower()).strip("-") or "section"


def _text_of(inline: "Token") -> str:
    return "".join(child.content for child in inline.children or [] if child.type in {"text", "code_inline"})


def _raw(html: str, kind: str = "html_block") -> "Token":
    """Return a token of HTML that is ours."""
    from markdown_it.token import Token  # noqa: PLC0415 - only who writes a page needs it

    content: Any = Token(kind, "", 0)
    content.content = html
    return content  # type: ignore[no-any-return]
