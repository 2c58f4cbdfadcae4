"""`chaos-pizza report DRILL --edit` as a person runs it, with an editor that is a real program."""

import os
import pty
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

from chaos_pizza.report.questions import QUESTIONS

EXAMPLE = Path(__file__).parents[2] / "reports" / "examples" / "factory-fail" / "journal.jsonl"
BLANK = "> **To fill in:** "
BROKEN = "impact: |\nTwo customers called.\n"


@pytest.fixture
def drill(tmp_path):
    folder = tmp_path / "reports" / "2026-11-24T02-05-40Z-factory-fail"
    folder.mkdir(parents=True)
    shutil.copy(EXAMPLE, folder)
    return folder


@pytest.fixture
def run(tmp_path):
    """Run a command in the folder above the reports, with an editor that is a shell script, or none."""
    kept = {name: value for name, value in os.environ.items() if name not in {"VISUAL", "EDITOR"}}
    environment = {**kept, "PIZZA_STATE_DIR": str(tmp_path / ".state")}

    def ran(*arguments, editor=None, variables=None, stdin=subprocess.DEVNULL):
        own = {}
        if editor is not None:
            script = tmp_path / "an editor.sh"
            script.write_text(editor)
            own["EDITOR"] = f'sh "{script}"'
        return subprocess.run(
            [sys.executable, "-m", "chaos_pizza", *arguments],
            check=False,
            cwd=tmp_path,
            env={**environment, **own, **(variables or {})},
            stdin=stdin,
            capture_output=True,
            text=True,
            timeout=300,
        )

    return ran


def contents(folder):
    return {path.name: path.read_bytes() for path in folder.iterdir()}


def test_the_form_is_opened_filled_in_and_shown_in_the_report(drill, run):
    fill_in = """set -e
    grep -q '^# How would we have cut the time to detect by half?$' "$1"
    cat >> "$1" <<'END'
  - text: Tighten the alert
    owner: Ann
    due: 2027-01-31
    claim: ttd_s(factory-fail) <= 90
END
    sed -i 's/^impact: |$/impact: |\\n  Two customers called.\\n\\n  Then <b>nobody<\\/b>./' "$1"
    """
    done = run("report", "latest", "--edit", editor=fill_in)
    assert (done.returncode, done.stderr) == (0, "")
    assert done.stdout.startswith("passed: reports/2026-11-24T02-05-40Z-factory-fail/report.md")
    page = (drill / "report.md").read_text()
    assert f"_{QUESTIONS['impact']}_\n\nTwo customers called.\n\nThen &lt;b&gt;nobody&lt;/b&gt;.\n" in page
    assert "| 1 | Tighten the alert | Ann | 2027-01-31 | `ttd_s(factory-fail) <= 90` |\n" in page
    assert page.count(BLANK) == len(QUESTIONS) - 2

    # Written again, without an editor, it is the same report of the same notes.
    before = contents(drill)
    assert run("report", "latest").returncode == 0
    assert contents(drill) == before

    # And the item is on the list of all that is to be done.
    listed = run("actions").stdout
    assert "Tighten the alert\n    by Ann, due 2027-01-31" in listed


def test_without_an_editor_it_says_which_file_to_fill_in(drill, run):
    done = run("report", "latest", "--edit", variables={"VISUAL": "  ", "EDITOR": ""})
    assert (done.returncode, done.stderr) == (0, "")
    folder = "reports/2026-11-24T02-05-40Z-factory-fail"
    assert done.stdout.startswith(
        "there is no editor to open here (VISUAL and EDITOR name none): "
        f"fill in {folder}/notes.yaml by hand, then run\n  chaos-pizza report {folder}\npassed: {folder}/report.md"
    )
    assert f"# {QUESTIONS['impact']}\nimpact: |\n" in (drill / "notes.yaml").read_text()


@pytest.mark.parametrize("written", [BROKEN, "impact: a\nimpact: b\n", "impakt: a\n", "action_items:\n- due: soon\n"])
def test_a_file_that_is_broken_after_editing_loses_nothing(drill, run, written):
    for name in ("report.md", "report.html", "drill.json"):
        (drill / name).write_text("the former one")
    before = contents(drill)
    done = run("report", "latest", "--edit", editor=f"cat > \"$1\" <<'END'\n{written}END\n")
    assert (done.returncode, done.stdout) == (2, "")
    assert done.stderr.startswith("chaos-pizza: reports/2026-11-24T02-05-40Z-factory-fail/notes.yaml: line ")
    assert done.stderr.endswith(". Nothing is lost: --edit goes on from there; the report stays as it was\n")
    assert done.stderr.count("\n") == 1
    assert contents(drill) == {**before, "notes.yaml": written.encode()}


def test_editing_goes_on_from_what_was_typed_however_broken(drill, run):
    (drill / "notes.yaml").write_text(BROKEN)
    mend = f"""set -e
    [ "$(cat "$1")" = "$(printf '{BROKEN}')" ]
    sed -i 's/^Two/  Two/' "$1"
    """
    done = run("report", "latest", "--edit", editor=mend)
    assert (done.returncode, done.stderr) == (0, "")
    assert (drill / "notes.yaml").read_text() == "impact: |\n  Two customers called.\n"
    assert "\nTwo customers called.\n" in (drill / "report.md").read_text()


def test_a_file_that_lacks_questions_is_asked_for_them_and_keeps_what_it_has(drill, run):
    written = "# by ann\nroot_cause:   'we did'   # truly\n"
    (drill / "notes.yaml").write_text(written)
    run("report", "latest", "--edit", editor="exit 1")
    after = (drill / "notes.yaml").read_text()
    assert after.startswith(written + f"\n# {QUESTIONS['detection']}\ndetection: |\n")
    assert QUESTIONS["root_cause"] not in after


def test_a_report_written_over_broken_notes_stays_as_it_was(drill, run):
    (drill / "notes.yaml").write_text(BROKEN)
    (drill / "report.md").write_text("the former one")
    before = contents(drill)
    done = run("report", "latest")
    assert (done.returncode, done.stdout) == (2, "")
    assert "notes.yaml: line 2, column 1: there is neither a key with its colon nor a text" in done.stderr
    assert contents(drill) == before


@pytest.mark.parametrize(
    ("variables", "complaint"),
    [
        ({"EDITOR": "false"}, "chaos-pizza: false: Editing failed; what was saved until then is in reports/"),
        ({"EDITOR": "/no/such/editor"}, "chaos-pizza: /no/such/editor: Editing failed"),
        ({"EDITOR": "'ed"}, "chaos-pizza: 'ed: No closing quotation; what was saved until then is in reports/"),
        ({"VISUAL": "false", "EDITOR": "true"}, "chaos-pizza: false: Editing failed"),
    ],
)
def test_an_editor_that_fails_is_named_and_what_it_saved_is_kept(drill, run, variables, complaint):
    done = run("report", "latest", "--edit", variables=variables)
    assert (done.returncode, done.stdout) == (2, "")
    assert done.stderr.startswith(complaint)
    assert done.stderr.count("\n") == 1
    assert sorted(contents(drill)) == ["journal.jsonl", "notes.yaml"]


def test_on_a_terminal_an_editor_that_is_installed_is_opened(drill, run, tmp_path):
    """A terminal of its own, and a PATH on which `vi` is the only editor."""
    tools = tmp_path / "bin"
    tools.mkdir()
    (tools / "vi").write_text(f"#!{shutil.which('sh')}\nprintf 'by vi\\n' > \"$1\"\n")
    (tools / "vi").chmod(0o755)
    ours, theirs = pty.openpty()
    command = [sys.executable, "-m", "chaos_pizza", "report", "latest", "--edit"]
    environment = {"PATH": str(tools), "PIZZA_STATE_DIR": str(tmp_path / ".state"), "HOME": str(tmp_path)}
    try:
        done = subprocess.run(
            command,
            check=False,
            cwd=tmp_path,
            env=environment,
            stdin=theirs,
            stdout=theirs,
            stderr=subprocess.PIPE,
            timeout=300,
        )
    finally:
        os.close(theirs)
        os.close(ours)
    # It wrote what no report can be made of, and so none is.
    assert (done.returncode, (drill / "notes.yaml").read_text()) == (2, "by vi\n")
    assert b"notes.yaml: line 1: the notes are to be keys" in done.stderr


def test_a_drill_that_is_not_there_is_given_no_notes(run, tmp_path):
    done = run("report", "2026-01-01T00-00-00Z-nothing", "--edit", editor="exit 0")
    assert done.returncode == 2
    assert not (tmp_path / "reports").exists()


def test_a_pdf_of_an_earlier_report_is_pointed_out(drill, run):
    assert "report.pdf is of an earlier report" not in run("report", "latest").stdout
    (drill / "report.pdf").write_bytes(b"%PDF-1.4 of yesterday")
    done = run("report", "latest")
    assert (done.returncode, done.stderr) == (0, "")
    assert done.stdout.splitlines()[1:] == ["report.pdf is of an earlier report; --pdf prints it anew"]
    assert (drill / "report.pdf").read_bytes() == b"%PDF-1.4 of yesterday"
