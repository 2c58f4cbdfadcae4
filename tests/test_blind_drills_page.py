"""What docs/blind-drills.md tells to be done by hand, done."""

import re
import subprocess
import sys
from pathlib import Path

from chaos_pizza.drill.result import judge
from chaos_pizza.journal.reader import read_lines
from chaos_pizza.report.blindness import describe_blindness

sys.path.insert(0, str(Path(__file__).parent / "journal"))

from blind_journal import FIRST, sealed_lines

PAGE = Path(__file__).parents[1] / "docs" / "blind-drills.md"


def printed_by(text: str, folder: Path) -> str:
    """What the only block of commands in a text prints, run in a folder."""
    (block,) = re.findall(r"```sh\n(.*?)```", text, re.DOTALL)
    done = subprocess.run(["sh", "-c", block], cwd=folder, capture_output=True, text=True, check=True)
    return done.stdout.strip()


def test_the_commands_of_the_page_print_the_commitment(tmp_path):
    (tmp_path / "journal.jsonl").write_bytes(b"".join(sealed_lines()))
    assert printed_by(PAGE.read_text(), tmp_path) == FIRST.commitment


def test_the_commands_of_the_report_print_it_too(tmp_path):
    contents = read_lines(sealed_lines())
    result = judge(contents.records, contents.complaint)
    assert printed_by("\n".join(describe_blindness(result.blind)), tmp_path) == FIRST.commitment
