"""How templates of Markdown are read: strictly, since what a template names and nobody gives is a mistake of ours."""

import jinja2


def markdown_templates(package: str) -> jinja2.Environment:
    """Return the templates in a package's folder `templates`; every text from outside is to go through `plain`."""
    return jinja2.Environment(
        loader=jinja2.PackageLoader(package),
        undefined=jinja2.StrictUndefined,
        autoescape=False,  # noqa: S701 - Markdown, not HTML
        trim_blocks=True,
        lstrip_blocks=True,
        keep_trailing_newline=True,
    )
