"""A real PostgreSQL on a free port of this machine, in a folder of its own, for as long as the tests take."""

import os
import pwd
import secrets
import shutil
import socket
import subprocess
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from itertools import count
from pathlib import Path

import psycopg
from real_programs import wanted

ADMIN = "postgres"
# Where Debian puts what is not on the PATH.
DEBIAN = Path("/usr/lib/postgresql")
OPTIONS = {
    "fsync": "off",
    "full_page_writes": "off",
    "synchronous_commit": "off",
    "listen_addresses": "127.0.0.1",
    "shared_buffers": "16MB",
    "max_connections": "30",
    "autovacuum": "off",
}


@dataclass
class Server:
    """A PostgreSQL that asks for passwords."""

    port: int
    password: str
    numbers: Iterator[int] = field(default_factory=count)
    shared: str | None = None

    def url(self, database: str, user: str = ADMIN, password: str | None = None) -> str:
        return f"postgresql://{user}:{password or self.password}@127.0.0.1:{self.port}/{database}"

    def ask(self, statement: str, database: str = "postgres") -> None:
        with psycopg.connect(self.url(database), autocommit=True) as connection:
            connection.execute(statement)

    def new_database(self) -> str:
        name = f"pizza_{next(self.numbers)}"
        self.ask(f"CREATE DATABASE {name}")
        # Whose clock is nobody's here, so that an instant in its zone shows.
        self.ask(f"ALTER DATABASE {name} SET timezone TO 'Asia/Kathmandu'")
        return name

    def emptied_database(self) -> str:
        """The one that tests of the store share, one after the other: each new one is a thousand files."""
        self.shared = self.shared or self.new_database()
        self.ask("DROP TABLE IF EXISTS action_items, drills, meta", self.shared)
        return self.shared


def programs() -> Path:
    """Where initdb, pg_ctl and postgres are; without them the test is skipped, or in CI fails."""
    versions = sorted(DEBIAN.glob("*/bin/postgres"), key=lambda path: int(path.parts[-3].partition(".")[0]))
    return versions[-1].parent if versions else Path(wanted("postgres")).resolve().parent


@contextmanager
def running_postgresql() -> Iterator[Server]:
    """Start a PostgreSQL, as another user where we are root, since it doesn't serve root; end it whatever happens."""
    found, owner = programs(), ADMIN if os.geteuid() == 0 else None
    folder = Path(tempfile.mkdtemp(prefix="pizza-pg-"))
    server = Server(free_port(), secrets.token_hex(12))
    try:
        word = folder / "password"
        word.write_text(server.password)
        if owner:
            for path in (folder, word):
                shutil.chown(path, owner)
        data = folder / "data"
        run(owner, found / "initdb", "-D", data, "-U", ADMIN, "-A", "scram-sha-256", f"--pwfile={word}",
            "--no-sync", "-E", "UTF8", "--locale=C")  # fmt: skip
        options = " ".join(f"-c {name}={value}" for name, value in OPTIONS.items())
        start = (found / "pg_ctl", "-D", data, "-w", "-t", "30", "-l", folder / "log")
        try:
            run(owner, *start, "-o", f"-p {server.port} -k {folder} {options}", "start")
            yield server
        finally:
            run(owner, found / "pg_ctl", "-D", data, "-m", "immediate", "stop", must=False)
    finally:
        shutil.rmtree(folder, ignore_errors=True)


def run(owner: str | None, *command: object, must: bool = True) -> None:
    identity = {"user": owner, "group": pwd.getpwnam(owner).pw_gid, "extra_groups": []} if owner else {}
    done = subprocess.run(list(map(str, command)), stdout=subprocess.PIPE, stderr=subprocess.STDOUT, cwd="/",
                          text=True, check=False, timeout=300, stdin=subprocess.DEVNULL, **identity)  # fmt: skip
    assert not must or done.returncode == 0, done.stdout


def free_port() -> int:
    with socket.socket() as reserved:
        reserved.bind(("127.0.0.1", 0))
        return reserved.getsockname()[1]
