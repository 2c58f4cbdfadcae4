"""What goes wrong with a database: one line that says what to do, no password, and nothing lost."""

import json
import logging
import os
import resource
import socket
import sqlite3
import stat
import subprocess
import sys
import tempfile
from concurrent.futures import ThreadPoolExecutor
from contextlib import closing, contextmanager
from pathlib import Path

import psycopg
import pytest
from history_examples import ITEMS, drill, undetected

from chaos_pizza.errors import UsageError
from chaos_pizza.history.keeping import keep_drill
from chaos_pizza.history.rebuilding import rebuild
from chaos_pizza.history.store import open_history
from chaos_pizza.history.tables import SCHEMA_VERSION

NOBODY = 65534
HOLDER = """
import sqlite3, sys, time
other = sqlite3.connect(sys.argv[1], isolation_level=None)
other.execute("BEGIN EXCLUSIVE")
print("held", flush=True)
time.sleep(0.5)
other.execute("COMMIT")
other.close()
"""
KEEPER = """
import sys
from pathlib import Path
from chaos_pizza.history.keeping import keep_drill
print(keep_drill(sys.argv[1], Path("reports"), None))
"""
COMMAND = [sys.executable, "-m", "chaos_pizza", "history"]


def complaint(url, reports):
    """What `open_history` says, in one line."""
    with pytest.raises(UsageError) as raised, open_history(url, reports):
        pass
    assert "\n" not in str(raised.value)
    # Nothing of the driver's own words, which may quote what it was given.
    assert raised.value.__context__ is None or raised.value.__suppress_context__
    return str(raised.value)


def filled(folder, *drills):
    with open_history(None, folder) as history:
        for past in drills or (drill(),):
            history.keep(past, ITEMS)
    return folder / "history.db"


def drills_in(url, reports):
    with open_history(url, reports) as history:
        return history.drills()


@contextmanager
def held(path):
    """A history that another writer does not let go of."""
    with closing(sqlite3.connect(path, isolation_level=None)) as other:
        other.execute("BEGIN EXCLUSIVE")
        yield


@contextmanager
def without_rights(folder, files=0o444):
    """Do the block as somebody who may read a folder and not write there."""
    modes = {path: stat.S_IMODE(path.stat().st_mode) for path in (*folder.rglob("*"), folder)}
    for path in modes:
        path.chmod(0o555 if path.is_dir() else files)
    is_root = os.geteuid() == 0
    if is_root:
        os.seteuid(NOBODY)
    try:
        yield
    finally:
        if is_root:
            os.seteuid(0)
        for path, mode in reversed(modes.items()):
            path.chmod(mode)


@pytest.fixture
def open_folder():
    """A folder that everybody may get to, as the tests' own are not."""
    with tempfile.TemporaryDirectory() as name:
        Path(name).chmod(0o755)
        yield Path(name)


def test_a_locked_history_is_waited_for_and_then_complained_of_and_nothing_is_lost(tmp_path):
    path = filled(tmp_path)
    with held(path), ThreadPoolExecutor() as at_once:
        kept = at_once.submit(keep_drill, None, tmp_path, undetected(), ())
        made_anew = at_once.submit(rebuild, None, tmp_path, lambda _done, _of: None)
    said = f"the history {path} is locked: another process has been writing to it for 5 s. Try again later"
    assert kept.result() == (
        f"{said}. The drill's own record is whole; chaos-pizza history rebuild puts it into the history"
    )
    assert str(made_anew.exception()) == said
    assert drills_in(None, tmp_path) == [drill()]


def test_a_lock_that_is_let_go_of_in_time_is_waited_for(tmp_path):
    path = filled(tmp_path)
    holder = subprocess.Popen([sys.executable, "-c", HOLDER, str(path)], stdout=subprocess.PIPE, text=True)
    with holder:
        assert holder.stdout.readline() == "held\n"
        assert keep_drill(None, tmp_path, drill(2), ()) is None
    assert drills_in(None, tmp_path) == [drill(), drill(2)]


@pytest.mark.parametrize("content", [b"this is no database at all, but a text of some length\n" * 20, b"\0" * 5000])
def test_what_is_no_database_is_left_as_it_is(tmp_path, content):
    path = tmp_path / "history.db"
    path.write_bytes(content)
    assert complaint(None, tmp_path) == (
        f"the history {path} is no database, or a broken one; chaos-pizza history rebuild makes it anew and keeps this "
        "one aside"
    )
    assert path.read_bytes() == content


def test_a_database_of_somebody_elses_is_left_as_it_is(tmp_path):
    path = tmp_path / "history.db"
    with closing(sqlite3.connect(path)) as other:
        other.execute("CREATE TABLE customers (name TEXT)")
    before = path.read_bytes()
    said = complaint(None, tmp_path)
    assert said == f"the history {path} holds other tables than a history's; name another place for it"
    assert path.read_bytes() == before


def test_tables_that_are_called_as_ours_and_are_others_are_left_as_they_are(postgresql):
    database = postgresql.new_database()
    for table in ("drills", "action_items", "meta"):
        postgresql.ask(f"CREATE TABLE {table} (name TEXT)", database)
    said = complaint(postgresql.url(database), Path("reports"))
    assert said.endswith(
        f" the database {database} on 127.0.0.1, holds other tables than a history's; name an empty database"
    )


def test_other_tables_in_a_shared_database_are_no_matter(postgresql):
    database = postgresql.new_database()
    postgresql.ask("CREATE TABLE customers (name TEXT)", database)
    assert keep_drill(postgresql.url(database), Path("reports"), drill(), ITEMS) is None
    assert drills_in(postgresql.url(database), Path("reports")) == [drill()]


def with_version(kept, version):
    statement = f"UPDATE meta SET value = '{version}'"
    if kept.url is None:
        with closing(sqlite3.connect(kept.reports / "history.db")) as database, database:
            database.execute(statement)
    else:
        with psycopg.connect(kept.url) as connection:
            connection.execute(statement)


def test_a_newer_version_is_refused_and_left_as_it_is(kept):
    keep_drill(kept.url, kept.reports, drill(), ITEMS)
    with_version(kept, SCHEMA_VERSION + 1)
    assert complaint(kept.url, kept.reports).endswith(" is of a newer version (2): update chaos-pizza")
    with_version(kept, SCHEMA_VERSION)
    assert drills_in(kept.url, kept.reports) == [drill()]


def test_an_older_version_says_the_way_out_and_is_left_as_it_is(kept):
    keep_drill(kept.url, kept.reports, drill(), ITEMS)
    with_version(kept, SCHEMA_VERSION - 1)
    said = complaint(kept.url, kept.reports)
    assert " is of an older version (0, not 1): " in said
    assert "chaos-pizza history rebuild" in said
    with_version(kept, SCHEMA_VERSION)
    assert drills_in(kept.url, kept.reports) == [drill()]


def test_a_row_with_a_word_of_another_version_is_not_guessed_at(tmp_path):
    path = filled(tmp_path)
    with closing(sqlite3.connect(path)) as database, database:
        database.execute("UPDATE drills SET verdict = 'splendid'")
    with open_history(None, tmp_path) as history, pytest.raises(UsageError) as raised:
        history.drills()
    assert str(raised.value) == (
        f"the history {path} can't be read: drill-1 holds 'splendid', which another version wrote; update chaos-pizza"
    )


def test_a_folder_in_its_place_and_a_file_in_its_folders_place(tmp_path):
    (tmp_path / "history.db").mkdir()
    assert complaint(None, tmp_path) == f"the history {tmp_path}/history.db is a folder; it is to be a file"
    (tmp_path / "reports").write_text("")
    path = tmp_path / "reports" / "history.db"
    assert complaint(None, tmp_path / "reports") == f"the history {path} can't be created: {path.parent} is no folder"
    deep = tmp_path / "reports" / "deep" / "history.db"
    assert complaint(None, deep.parent) == f"the history {deep} can't be created: Not a directory"


def test_a_read_only_history_can_be_read_and_not_written(open_folder):
    path = filled(open_folder)
    with without_rights(open_folder):
        assert drills_in(None, open_folder) == [drill()]
        said = keep_drill(None, open_folder, undetected(), ())
    assert said.startswith(f"the history {path} can't be written: the file, or its folder, is read-only.")
    assert drills_in(None, open_folder) == [drill()]


def test_no_history_can_be_made_in_a_read_only_folder(open_folder):
    with without_rights(open_folder):
        assert (
            complaint(None, open_folder) == f"the history {open_folder}/history.db can't be created: Permission denied"
        )
    assert list(open_folder.iterdir()) == []


def test_a_file_that_may_not_be_read(open_folder):
    path = filled(open_folder)
    with without_rights(open_folder, files=0):
        said = complaint(None, open_folder)
    assert said == f"the history {path} can't be opened: look at the rights of the file and of its folder"


def test_a_full_disk_loses_nothing(tmp_path):
    path = filled(tmp_path)
    with open_history(None, tmp_path) as history:
        # SQLite's own way to be full: no page more than there are.
        pages = history._connection.exec_driver_sql("PRAGMA page_count").scalar()
        history._connection.exec_driver_sql(f"PRAGMA max_page_count = {pages}")
        history._connection.commit()
        with pytest.raises(UsageError) as raised:
            history.keep(undetected(title="x" * 100_000), ())
        assert history.drills() == [drill()]
    assert str(raised.value) == (
        f"the history {path} can't be written: the disk is full. What it held before is still there"
    )
    assert drills_in(None, tmp_path) == [drill()]


def test_a_disk_that_fails_loses_nothing(tmp_path):
    path = filled(tmp_path)
    script = (
        "import resource, sys\nfrom pathlib import Path\nfrom history_examples import undetected\n"
        "from chaos_pizza.history.keeping import keep_drill\n"
        "import chaos_pizza.history.store\n"
        "resource.setrlimit(resource.RLIMIT_FSIZE, (int(sys.argv[2]), resource.RLIM_INFINITY))\n"
        "print(keep_drill(None, Path(sys.argv[1]), undetected(title='x' * 100_000), ()))"
    )
    command = [sys.executable, "-B", "-c", script, str(tmp_path), str(path.stat().st_size)]
    done = subprocess.run(command, cwd=Path(__file__).parent, capture_output=True, text=True, check=True)
    assert done.stdout.startswith(
        f"the history {path} can't be read or written: the disk, or the network folder, failed"
    )
    assert drills_in(None, tmp_path) == [drill()]
    assert resource.getrlimit(resource.RLIMIT_FSIZE)[0] != path.stat().st_size


def test_a_wrong_password_is_not_shown_and_neither_is_the_right_one(postgresql, caplog):
    caplog.set_level(logging.DEBUG)
    database = postgresql.new_database()
    wrong = "wr0ng-and-s3cret"
    said = complaint(postgresql.url(database, password=wrong), Path("reports"))
    assert said == f"the history, the database {database} on 127.0.0.1, refuses the user or the password"
    assert wrong not in caplog.text
    postgresql.ask("CREATE USER reader PASSWORD 's3cret-reader'")
    assert complaint(postgresql.url(database, "reader", wrong), Path("reports")) == said


def test_a_user_without_a_password_is_told_where_to_put_one(postgresql):
    url = f"postgresql://postgres@127.0.0.1:{postgresql.port}/postgres"
    environment = {name: value for name, value in os.environ.items() if not name.startswith("PG")}
    done = subprocess.run(
        [sys.executable, "-c", KEEPER, url],
        capture_output=True,
        text=True,
        check=True,
        env={**environment, "PGPASSFILE": "/nonexistent"},
    )
    assert "wants a password, and none is known: write ${NAME} in the URL, or use PGPASSWORD" in done.stdout


def test_a_database_and_a_user_that_do_not_exist(postgresql):
    said = complaint(postgresql.url("nowhere"), Path("reports"))
    assert said == "the history, the database nowhere on 127.0.0.1, does not exist; create it, empty, and try again"
    said = complaint(postgresql.url("postgres", "nobody_known"), Path("reports"))
    # Under scram the server doesn't tell the one from the other.
    assert said == "the history, the database postgres on 127.0.0.1, refuses the user or the password"


def test_a_host_where_nothing_answers():
    with socket.socket() as closed:
        closed.bind(("127.0.0.1", 0))
        port = closed.getsockname()[1]
        for host in (f"127.0.0.1:{port}", f"nowhere.invalid:{port}"):
            said = complaint(f"postgresql://pizza:s3cret@{host}/drills", Path("reports"))
            assert said == (
                f"the history, the database drills on {host.partition(':')[0]}, can't be reached: there is no such "
                "host, or nothing answers there"
            )


def test_a_server_that_never_answers_is_given_up():
    with socket.create_server(("127.0.0.1", 0)) as silent:
        url = f"postgresql://pizza:s3cret@127.0.0.1:{silent.getsockname()[1]}/drills?connect_timeout=1"
        assert "can't be reached" in complaint(url, Path("reports"))


def test_a_user_who_may_not_write_can_read(postgresql):
    database = postgresql.new_database()
    url = postgresql.url(database)
    assert keep_drill(url, Path("reports"), drill(), ITEMS) is None
    postgresql.ask("CREATE USER viewer PASSWORD 's3cret-viewer'")
    postgresql.ask("GRANT SELECT ON ALL TABLES IN SCHEMA public TO viewer", database)
    viewer = postgresql.url(database, "viewer", "s3cret-viewer")
    assert drills_in(viewer, Path("reports")) == [drill()]
    said = keep_drill(viewer, Path("reports"), undetected(), ())
    assert said.startswith(f"the history, the database {database} on 127.0.0.1, does not let this user do that: ")
    empty = postgresql.new_database()
    assert "at first to create tables" in complaint(postgresql.url(empty, "viewer", "s3cret-viewer"), Path("reports"))
    assert drills_in(url, Path("reports")) == [drill()]


def test_a_locked_table_is_waited_for_and_then_complained_of(postgresql):
    database = postgresql.new_database()
    url = postgresql.url(database)
    keep_drill(url, Path("reports"), drill(), ())
    with psycopg.connect(url) as other:
        other.execute("LOCK TABLE drills IN ACCESS EXCLUSIVE MODE")
        said = keep_drill(url, Path("reports"), undetected(), ())
    assert " is locked: another process has been writing to it for 5 s. Try again later." in said
    assert drills_in(url, Path("reports")) == [drill()]


def test_a_server_that_goes_away_meanwhile(postgresql):
    database = postgresql.new_database()
    with open_history(postgresql.url(database), Path("reports")) as history:
        history.keep(drill())
        postgresql.ask(f"SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE datname = '{database}'")
        with pytest.raises(UsageError, match=f"^the history, the database {database} on 127.0.0.1, "):
            history.keep(undetected())
    assert drills_in(postgresql.url(database), Path("reports")) == [drill()]


def test_the_command_says_it_in_one_line_and_exits_with_2(tmp_path, postgresql):
    (tmp_path / "chaos-pizza.yaml").write_text(
        "history: " + json.dumps(postgresql.url("nowhere", password="s3cret-and-wrong"))
    )
    done = subprocess.run(
        COMMAND, cwd=tmp_path, capture_output=True, text=True, check=False,
        env={**os.environ, "PIZZA_STATE_DIR": str(tmp_path / ".state")},
    )  # fmt: skip
    assert (done.returncode, done.stdout) == (2, "")
    assert done.stderr == (
        "chaos-pizza: the history, the database nowhere on 127.0.0.1, refuses the user or the password\n"
    )
