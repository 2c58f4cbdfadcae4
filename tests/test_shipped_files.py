"""What comes with the program: all of it in the package, and written out without a loss of anybody's file."""

import glob
import re
import subprocess
import sys
import tomllib
from pathlib import Path

import pytest

from chaos_pizza.errors import UsageError
from chaos_pizza.runner.experiment_file import declaration_of, read_experiment
from chaos_pizza.runner.gameday_plan import read_planned
from chaos_pizza.shipped_files import runbook_text, write_starters

ROOT = Path(__file__).parents[1]
SHIPPED = ROOT / "chaos_pizza" / "shipped"
STARTERS = {
    path.relative_to(ROOT)
    for path in (*(ROOT / "experiments").rglob("*"), ROOT / "chaos-pizza.example.yaml")
    if path.is_file()
}


def test_every_file_that_is_shipped_is_among_the_package_s_data():
    package = tomllib.loads((ROOT / "pyproject.toml").read_text())["tool"]["setuptools"]["package-data"]["chaos_pizza"]
    # As setuptools does it, which follows links.
    found = (glob.glob(pattern, root_dir=SHIPPED.parent, recursive=True) for pattern in package)  # noqa: PTH207
    packed = {Path(path) for paths in found for path in paths}
    assert {Path("shipped") / path for path in STARTERS} <= packed
    assert {Path("shipped") / "runbooks" / path.name for path in (ROOT / "docs" / "runbooks").iterdir()} <= packed


def test_each_of_them_is_kept_once_and_the_package_has_but_a_link_to_it():
    for path in SHIPPED.iterdir():
        assert path.is_symlink()
        assert path.resolve().is_relative_to(ROOT)
        assert not path.resolve().is_relative_to(ROOT / "chaos_pizza")


def test_what_is_written_out_can_be_drilled(tmp_path):
    written, left = write_starters(tmp_path / "new" / "folder")
    assert (set(written), left) == (STARTERS, [])
    for path in written:
        assert (tmp_path / "new" / "folder" / path).read_bytes() == (ROOT / path).read_bytes()
    for path in (tmp_path / "new" / "folder" / "experiments").glob("*.yaml"):
        assert declaration_of(read_experiment(path), path).experiment == path.stem
    assert read_planned(tmp_path / "new" / "folder" / "experiments" / "gamedays" / "rehearsal.yaml").experiments


def test_a_file_that_is_there_is_left_as_it_is(tmp_path):
    own = tmp_path / "experiments" / "factory-fail.yaml"
    own.parent.mkdir()
    own.write_text("ours")
    written, left = write_starters(tmp_path)
    assert left == [Path("experiments/factory-fail.yaml")]
    assert own.read_text() == "ours"
    assert set(written) == STARTERS - set(left)
    assert write_starters(tmp_path) == ([], sorted(STARTERS))


def test_where_nothing_can_be_written_it_is_said_in_a_line(tmp_path):
    (tmp_path / "file").write_text("")
    with pytest.raises(UsageError, match="can't be written: something else stands there"):
        write_starters(tmp_path / "file")
    (tmp_path / "experiments" / "placebo.yaml").mkdir(parents=True)
    with pytest.raises(UsageError, match=r"placebo\.yaml can't be written: something else stands there"):
        write_starters(tmp_path)


LITTLE_ROOM = """
import resource, sys
from pathlib import Path
from chaos_pizza.errors import UsageError
from chaos_pizza.shipped_files import write_starters
resource.setrlimit(resource.RLIMIT_FSIZE, (int(sys.argv[2]), resource.RLIM_INFINITY))
try:
    write_starters(Path(sys.argv[1]))
except UsageError as error:
    print(error)
"""


def test_where_the_room_runs_out_no_file_is_half_there_and_the_next_time_all_are_written(tmp_path):
    sizes = sorted((ROOT / path).stat().st_size for path in STARTERS)
    command = [sys.executable, "-B", "-c", LITTLE_ROOM, tmp_path, str(sizes[-1] - 1)]
    told = subprocess.run(command, stdout=subprocess.PIPE, text=True, check=True).stdout
    assert re.fullmatch(r".* can't be written: File too large; choose another folder\n", told)
    there = {path.relative_to(tmp_path) for path in tmp_path.rglob("*") if path.is_file()}
    assert there < STARTERS
    assert all((tmp_path / path).read_bytes() == (ROOT / path).read_bytes() for path in there)
    assert set(write_starters(tmp_path)[0]) == STARTERS - there


def test_a_link_to_nowhere_is_left_as_it_is(tmp_path):
    (tmp_path / "chaos-pizza.example.yaml").symlink_to(tmp_path / "nowhere")
    with pytest.raises(UsageError, match="can't be written: something else stands there"):
        write_starters(tmp_path)
    assert not (tmp_path / "nowhere").exists()


def test_the_runbook_is_the_one_of_the_documentation():
    assert runbook_text("factory") == (ROOT / "docs" / "runbooks" / "factory.md").read_text()
