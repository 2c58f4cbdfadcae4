"""What goes wrong before a drill: one clear line, the right exit code, no traceback, nothing left behind."""

import socket
import threading
from collections.abc import Iterator
from contextlib import closing, contextmanager

import httpx
import pytest

from .conftest import CHAOS, EXPERIMENTS, PIZZA, Sandbox, clean_environment, hold, run, sandbox_process
from .under_way import PLAIN

pytestmark = pytest.mark.drill


@contextmanager
def shop_that_answers(raw: bytes) -> Iterator[str]:
    """A server that gives every connection these bytes and closes it; gives its address."""
    with closing(socket.create_server(("127.0.0.1", 0))) as server:

        def serve() -> None:
            while True:
                try:
                    connection, _ = server.accept()
                except OSError:  # closed: the test is over
                    return
                with closing(connection):
                    try:
                        connection.settimeout(60)
                        connection.recv(65536)
                        connection.sendall(raw)
                    except OSError:  # the client has had enough
                        continue

        thread = threading.Thread(target=serve)
        thread.start()
        yield f"http://127.0.0.1:{server.getsockname()[1]}"
        server.shutdown(socket.SHUT_RDWR)
    thread.join()


def answer(body: bytes, content_type: str = "application/json") -> bytes:
    head = (
        f"HTTP/1.1 200 OK\r\nContent-Type: {content_type}\r\nContent-Length: {len(body)}\r\nConnection: close\r\n\r\n"
    )
    return head.encode() + body


def assert_refused(ran, *words: str) -> None:
    """Nothing was started: exit 2, one line on stderr with these words in it, nothing else."""
    assert ran.code == 2, ran.said
    assert ran.out == ""
    assert len(ran.err.splitlines()) == 1, ran.err
    assert "Traceback" not in ran.err
    for word in words:
        assert word in ran.err


def assert_calm(sandbox) -> None:
    headers = {"Authorization": f"Bearer {sandbox.variables['PIZZA_VENDOR_KEY']}"}
    vendor = httpx.get(
        f"{sandbox.variables['PIZZA_FACTORY_URL']}/api/vendor", headers=headers, trust_env=False, verify=PLAIN
    ).json()
    assert vendor.get("chaos", {}).get("type", "none") == "none"


@pytest.fixture(scope="module")
def sandbox() -> Iterator[Sandbox]:
    """One for all tests here: none of them leaves anything behind on it, which is what they are about."""
    with sandbox_process() as started:
        yield started


@pytest.mark.parametrize("at_hand", [True, False])
def test_an_experiment_that_does_not_exist(tmp_path, at_hand):
    if at_hand:
        (tmp_path / "experiments").mkdir()
    held = hold("no/such.yaml", tmp_path)
    assert_refused(held.ran, "no/such.yaml")
    assert ("experiments/" in held.ran.err) is at_hand
    assert held.folder is None


def test_an_experiment_that_is_not_yaml_names_the_place(tmp_path):
    (tmp_path / "broken.yaml").write_text("title: broken\nmethod: [\n")
    assert_refused(hold("./broken.yaml", tmp_path).ran, "broken.yaml", "not YAML", "line 3")


EMPTY = "title: x\ndescription: y\nmethod: []\n"


@pytest.mark.parametrize(
    ("content", "word"),
    [
        ("- a\n- list\n", "list"),
        ("title: x\ndescription: y\n", "method"),
        ("title: x\ndescription: y\nmethod: []\n", "chaos-pizza"),
        (EMPTY + "extensions: [{name: chaos-pizza, experiment: x, fault: flood}]\n", "fault"),
        (EMPTY + "extensions: [{name: chaos-pizza, experiment: x, fault: none, min_samples: 0}]\n", "min_samples"),
    ],
)
def test_an_experiment_that_is_no_drill_says_what_is_missing(tmp_path, content, word):
    (tmp_path / "odd.yaml").write_text(content)
    assert_refused(hold("./odd.yaml", tmp_path).ran, "odd.yaml", word)


def test_a_target_that_is_not_there(tmp_path):
    assert_refused(hold("factory-fail", tmp_path, "--target", "moon").ran, "moon", "chaos-pizza.yaml")


def test_a_target_whose_variables_are_not_set_names_them(tmp_path):
    assert_refused(
        hold("factory-fail", tmp_path, "--target", "env").ran, "PIZZA_SHOP_URL", "PIZZA_FACTORY_URL", "PIZZA_VENDOR_KEY"
    )


def test_a_shop_out_of_reach(sandbox, tmp_path):
    with closing(socket.create_server(("127.0.0.1", 0))) as gone:
        port = gone.getsockname()[1]
    env = {**sandbox.env, "PIZZA_SHOP_URL": f"http://127.0.0.1:{port}"}
    held = hold("factory-fail", tmp_path, "--target", "env", env=env)
    assert_refused(held.ran, f"127.0.0.1:{port}", "can't be reached")
    assert held.folder is None
    assert_calm(sandbox)


@pytest.mark.parametrize(
    ("raw", "words"),
    [
        (answer(b"<html><body>Welcome</body></html>", "text/html"), ("text/html",)),
        (answer(b"[" + b" " * 10_000_000 + b"]"), ("1,000,000 bytes",)),
        (b"", ("broke the connection",)),
        (b"\x00\x01garbage\r\n\r\n", ("broke the connection",)),
    ],
    ids=["HTML", "10 MB", "nothing", "no HTTP"],
)
def test_a_shop_that_answers_what_no_shop_does(sandbox, tmp_path, raw, words):
    with shop_that_answers(raw) as url:
        held = hold("factory-fail", tmp_path, "--target", "env", env={**sandbox.env, "PIZZA_SHOP_URL": url})
    assert_refused(held.ran, "the shop", *words)
    assert held.folder is None
    assert_calm(sandbox)


def test_a_wrong_vendor_key(sandbox, tmp_path):
    held = hold(
        "factory-fail", tmp_path, "--target", "env", env={**sandbox.env, "PIZZA_VENDOR_KEY": "wrong-key-entirely"}
    )
    assert_refused(held.ran, "PIZZA_VENDOR_KEY")
    assert "wrong-key-entirely" not in held.ran.said
    assert_calm(sandbox)


def test_a_wrong_diner(sandbox, tmp_path):
    held = hold(
        "factory-fail", tmp_path, "--target", "env", env={**sandbox.env, "PIZZA_DINER_PASSWORD": "not-this-one"}
    )
    assert_refused(held.ran, "the shop refused a login")


def test_a_fault_that_is_on_already_is_left_alone(sandbox, tmp_path):
    headers = {"Authorization": f"Bearer {sandbox.variables['PIZZA_VENDOR_KEY']}"}
    factory = sandbox.variables["PIZZA_FACTORY_URL"]
    httpx.put(f"{factory}/api/vendor/chaos/fail", headers=headers, trust_env=False, verify=PLAIN)
    assert_refused(hold("factory-fail", tmp_path, "--target", "env", env=sandbox.env).ran, "on or scheduled already")
    vendor = httpx.get(f"{factory}/api/vendor", headers=headers, trust_env=False, verify=PLAIN).json()
    assert vendor["chaos"]["type"] == "fail"

    calm = run(*PIZZA, "calm", cwd=tmp_path, env=sandbox.env)
    assert (calm.code, calm.err) == (0, ""), calm.said
    assert_calm(sandbox)
    assert run(*PIZZA, "calm", cwd=tmp_path, env=sandbox.env).code == 0


def test_reports_that_can_not_be_written(sandbox, tmp_path):
    (tmp_path / "reports").write_text("in the way")
    ran = run(*PIZZA, "drill", str(EXPERIMENTS / "placebo.yaml"), "--target", "env", cwd=tmp_path, env=sandbox.env)
    assert_refused(ran, "reports")


def test_a_port_in_use(tmp_path):
    with closing(socket.create_server(("127.0.0.1", 0))) as taken:
        port = str(taken.getsockname()[1])
        ran = run(*PIZZA, "sandbox", "--shop-port", port, "--factory-port", "0", cwd=tmp_path)
    assert_refused(ran, port, "in use", "--shop-port")


def test_calm_that_can_not_be_proven_is_exit_5_and_names_the_command(sandbox, tmp_path):
    with closing(socket.create_server(("127.0.0.1", 0))) as gone:
        port = gone.getsockname()[1]
    env = {**sandbox.env, "PIZZA_FACTORY_URL": f"http://127.0.0.1:{port}", "PIZZA_ADMIN_EMAIL": ""}
    ran = run(*PIZZA, "calm", "--timeout-s", "1", cwd=tmp_path, env=env)
    assert ran.code == 5
    assert "chaos-pizza calm --target env" in ran.err
    assert "Traceback" not in ran.err


def test_calm_by_hand_is_dated_by_the_factory_even_where_its_admin_is_known(sandbox, tmp_path):
    """So that a drill under way can tell when a person ended its fault, and credit them."""
    headers = {"Authorization": f"Bearer {sandbox.variables['PIZZA_VENDOR_KEY']}"}
    factory = sandbox.variables["PIZZA_FACTORY_URL"]
    httpx.put(f"{factory}/api/vendor/chaos/badjwt", headers=headers, trust_env=False, verify=PLAIN)
    assert run(*PIZZA, "calm", cwd=tmp_path, env=sandbox.env).code == 0
    chaos = httpx.get(f"{factory}/api/vendor", headers=headers, trust_env=False, verify=PLAIN).json()["chaos"]
    assert (chaos["type"], "fixDate" in chaos) == ("none", True)


def test_chaos_run_of_a_refused_drill_starts_nothing(sandbox, tmp_path):
    ran = run(
        *CHAOS,
        "run",
        str(EXPERIMENTS / "factory-fail.yaml"),
        cwd=tmp_path,
        env={**sandbox.env, "PIZZA_VENDOR_KEY": "wrong-key-entirely"},
    )
    assert ran.code == 1
    assert "no drill: the factory doesn't know this vendor key" in ran.said
    assert "Traceback" not in ran.said
    assert not (tmp_path / "reports").exists()
    assert_calm(sandbox)


def test_the_doctor_says_what_is_missing_and_breaks_nothing(sandbox, tmp_path):
    ran = run(*PIZZA, "doctor", cwd=tmp_path, env=sandbox.env)
    assert ran.code == 0, ran.said
    assert "env is ready for a drill" in ran.out
    assert ran.out.count("✓") == 9

    wrong = run(*PIZZA, "doctor", cwd=tmp_path, env={**sandbox.env, "PIZZA_VENDOR_KEY": "wrong-key-entirely"})
    assert wrong.code == 2
    assert "✗ vendor: the factory doesn't know this vendor key; check PIZZA_VENDOR_KEY" in wrong.out
    assert_calm(sandbox)


def test_status_tells_of_the_factory_and_of_no_drills(sandbox, tmp_path):
    ran = run(*PIZZA, "status", cwd=tmp_path, env=sandbox.env)
    assert ran.out.splitlines() == ["env: the factory is calm", "no drill has been held yet"]
    nowhere = run(*PIZZA, "status", cwd=tmp_path, env=clean_environment())
    assert nowhere.out.splitlines()[0] == "env: not configured"


def test_a_report_of_a_drill_that_is_not_there(tmp_path):
    assert_refused(run(*PIZZA, "report", "latest", cwd=tmp_path), "no drill")
    assert_refused(run(*PIZZA, "report", "2020-01-01T00-00-00Z-x", cwd=tmp_path), "2020-01-01T00-00-00Z-x")
