"""`chaos-pizza init`: writes out the experiments that come with the program."""

import shlex
from pathlib import Path

import click

from chaos_pizza.report.phrasing import counted
from chaos_pizza.shipped_files import write_starters

_MOST_LEFT = 5


@click.command(short_help="Write out the experiments to begin with.")
@click.argument("folder", type=click.Path(file_okay=False, path_type=Path), default=Path())
def init(folder: Path) -> None:
    """Write the experiments that come with the program into FOLDER, this one by default, to be drilled and changed.

    They go to experiments/, with game days, alert rules and a k6 script, and chaos-pizza.example.yaml beside it. What
    is there already is left as it is.
    """
    written, left = write_starters(folder)
    click.echo(
        f"{counted(len(written), 'file')} written to {folder}: experiments/ and chaos-pizza.example.yaml"
        if written
        else f"nothing written to {folder}: all is there already"
    )
    if written and left:
        more = f" and {len(left) - _MOST_LEFT} more" if len(left) > _MOST_LEFT else ""
        click.echo(f"left as they were: {', '.join(map(str, left[:_MOST_LEFT]))}{more}")
    first = shlex.quote(str(folder / "experiments" / "factory-fail.yaml"))
    click.echo(f"hold the first drill: chaos-pizza drill {first}")
