"""Turn what stands on a terminal into an SVG picture: ANSI text in, SVG out.

tmux new-session -d -s drill -x 112 -y 34 'make drill; sleep 60'
tmux capture-pane -e -p -t drill | python docs/pictures/terminal.py 'make drill' > docs/pictures/drill.svg
"""

import io
import re
import sys

from rich.console import Console
from rich.text import Text

WIDTH = 112


def main() -> None:
    """Read the terminal's text from stdin and write the picture to stdout; the argument is its title."""
    screen = sys.stdin.read().rstrip()
    console = Console(record=True, width=WIDTH, file=io.StringIO(), force_terminal=True, color_system="truecolor")
    console.print(Text.from_ansi(screen))
    svg = console.export_svg(title=sys.argv[1] if len(sys.argv) > 1 else "")
    # The fonts would be fetched from elsewhere; a picture in a README has to do with what the reader has.
    sys.stdout.write(re.sub(r"@font-face \{.*?\}", "", svg, flags=re.DOTALL))


main()
