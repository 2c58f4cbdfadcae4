"""Where a history is kept: what a configuration's URL says, and that nothing of it is shown but host and database."""

import subprocess
import sys
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from chaos_pizza.errors import UsageError
from chaos_pizza.history.place import place_of

REPORTS = Path("reports")
SECRET = "s3cret-Passw0rd"


def complaint(url):
    with pytest.raises(UsageError) as raised:
        place_of(url, REPORTS)
    assert "\n" not in str(raised.value)
    return str(raised.value)


def test_without_a_url_it_is_a_file_among_the_reports():
    place = place_of(None, REPORTS)
    assert (place.path, place.label) == (Path("reports/history.db"), "reports/history.db")


def test_a_sqlite_url_names_a_file():
    assert place_of("sqlite:///team/history.db", REPORTS).path == Path("team/history.db")
    assert place_of("sqlite:////var/lib/history.db", REPORTS).path == Path("/var/lib/history.db")
    # A file may be called what looks like an option.
    assert place_of(None, Path("what?mode=ro")).path == Path("what?mode=ro/history.db")


@pytest.mark.parametrize("scheme", ["postgresql", "postgres", "postgresql+psycopg"])
def test_a_postgresql_url_is_spoken_to_by_psycopg(scheme):
    place = place_of(f"{scheme}://pizza:{SECRET}@db.example:5433/drills?sslmode=require", REPORTS)
    assert place.path is None
    assert place.label == "the database drills on db.example"
    assert place.url.drivername == "postgresql+psycopg"
    assert (place.url.username, place.url.password, place.url.port) == ("pizza", SECRET, 5433)
    assert dict(place.url.query) == {"sslmode": "require"}
    assert SECRET not in repr(place)


def test_a_database_without_a_host_is_named_by_what_the_driver_takes(monkeypatch):
    monkeypatch.delenv("PGHOST", raising=False)
    assert place_of("postgresql:///drills", REPORTS).label == "the database drills on this machine"
    monkeypatch.setenv("PGHOST", "db.example")
    assert place_of("postgresql:///drills", REPORTS).label == "the database drills on db.example"
    assert place_of("postgresql:///drills?host=/run/pg", REPORTS).label == "the database drills on /run/pg"


@given(st.text(st.characters(exclude_categories=["Cs"], exclude_characters="\0"), min_size=1, max_size=20))
def test_a_variable_in_a_url_may_hold_any_password(password):
    with pytest.MonkeyPatch.context() as environment:
        environment.setenv("HISTORY_PASSWORD", password)
        url = place_of("postgresql://pizza:${HISTORY_PASSWORD}@db.example/drills", REPORTS).url
    assert (url.password, url.username, url.host, url.database) == (password, "pizza", "db.example", "drills")


def test_every_part_of_a_url_may_be_a_variable(monkeypatch):
    for name, value in {"H": "db.example", "U": "ada", "D": "drills", "M": "require"}.items():
        monkeypatch.setenv(name, value)
    place = place_of("postgresql://${U}@${H}/${D}?sslmode=${M}", REPORTS)
    assert place.label == "the database drills on db.example"
    assert (place.url.username, dict(place.url.query)) == ("ada", {"sslmode": "require"})


def test_a_whole_url_may_stand_in_a_variable(monkeypatch):
    monkeypatch.setenv("DATABASE_URL", f"postgres://pizza:{SECRET}%40${{X}}@db.example/drills")
    place = place_of("${DATABASE_URL}", REPORTS)
    assert place.label == "the database drills on db.example"
    # What stands in a variable is taken as it stands.
    assert place.url.password == SECRET + "@${X}"


def test_a_variable_that_is_not_set_is_named(monkeypatch):
    monkeypatch.delenv("NOT_SET", raising=False)
    asked = complaint(f"postgresql://pizza:{SECRET}@${{NOT_SET}}/drills")
    assert asked == "the configuration's `history` names the environment variable NOT_SET, which is not set"


@pytest.mark.parametrize(
    "url",
    [
        "", "reports/history.db", f"postgresql//u:{SECRET}@h/d", f"postgresql://u:{SECRET}@h:port/d", "sqlite://",
        "sqlite:///:memory:", "sqlite:///history.db?mode=ro", f"mysql://u:{SECRET}@h/d", f"postgresql://u:{SECRET}@x@h/d",
    ],
)  # fmt: skip
def test_what_is_no_history_is_refused_without_quoting_it(url):
    assert SECRET not in complaint(url)


def test_an_at_sign_in_a_password_does_not_show_the_rest_of_it():
    said = complaint(f"postgresql://pizza:first@{SECRET}@db.example/drills")
    assert SECRET not in said
    assert "%40" in said


def test_without_the_driver_it_says_which_extra_to_install():
    script = (
        "import sys; sys.modules['psycopg'] = None\n"
        "from pathlib import Path\n"
        "from chaos_pizza.history.keeping import keep_drill\n"
        "print(keep_drill('postgresql://pizza@127.0.0.1/drills', Path('reports'), None))"
    )
    done = subprocess.run([sys.executable, "-c", script], capture_output=True, text=True, check=True)
    assert "needs an extra: pip install 'chaostoolkit-pizza[postgresql]'" in done.stdout
    assert done.stderr == ""
