import signal
import threading

import httpx
import pytest

from .command import read_environment, running, start

NAMES = [
    "PIZZA_SHOP_URL",
    "PIZZA_FACTORY_URL",
    "PIZZA_METRICS_URL",
    "PIZZA_VENDOR_ID",
    "PIZZA_VENDOR_KEY",
    "PIZZA_DINER_EMAIL",
    "PIZZA_DINER_PASSWORD",
    "PIZZA_ADMIN_EMAIL",
    "PIZZA_ADMIN_PASSWORD",
    "PIZZA_FACTORY_ADMIN_KEY",
]
HINT = "The sandbox is open. Its environment is above; Ctrl-C ends it.\n"


@pytest.mark.parametrize("number", [signal.SIGTERM, signal.SIGINT])
def test_it_prints_the_way_in_and_ends_cleanly_on_a_signal_whatever_is_under_way(number):
    with running("--stall-s", "600", "--log", "-") as (process, env), httpx.Client(trust_env=False, timeout=60) as http:
        assert list(env) == NAMES
        assert http.get(env["PIZZA_METRICS_URL"]).status_code == 200
        vendor = {"Authorization": f"Bearer {env['PIZZA_VENDOR_KEY']}"}
        http.put(f"{env['PIZZA_FACTORY_URL']}/api/vendor/chaos/throttle", headers=vendor)
        known = {"email": env["PIZZA_DINER_EMAIL"], "password": env["PIZZA_DINER_PASSWORD"]}
        token = http.put(f"{env['PIZZA_SHOP_URL']}/api/auth", json=known).json()["token"]
        diner = {"Authorization": f"Bearer {token}"}
        order = {"franchiseId": 1, "storeId": 1, "items": [{"menuId": 1, "description": "Veggie", "price": 0.0038}]}
        with pytest.raises(httpx.ReadTimeout):
            http.post(
                f"{env['PIZZA_SHOP_URL']}/api/order", json=order, headers=diner, timeout=httpx.Timeout(60, read=0.5)
            )
        process.send_signal(number)
        out, err = process.communicate(timeout=60)
    assert (process.returncode, out) == (0, "")
    assert err.startswith(HINT)
    # All that follows the hint is the log.
    assert all(line.startswith('{"at": ') for line in err.removeprefix(HINT).splitlines())


def test_it_ends_with_its_parent_where_it_is_told_to():
    with running("--until-stdin-closes") as (process, _):
        process.stdin.close()
        assert process.wait(timeout=60) == 0
        assert process.stderr.read() == HINT


def test_without_that_an_end_of_stdin_means_nothing():
    with running() as (process, env), httpx.Client(trust_env=False, timeout=60) as http:
        process.stdin.close()
        threading.Event().wait(0.2)
        assert http.get(env["PIZZA_SHOP_URL"]).status_code == 200
        process.terminate()
        assert process.wait(timeout=60) == 0


def test_a_port_in_use_is_one_clear_line():
    with running() as (_, env):
        taken = env["PIZZA_SHOP_URL"].rsplit(":", 1)[1]
        with start("--shop-port", taken) as second:
            out, err = second.communicate(timeout=60)
    assert (second.returncode, out) == (2, "")
    assert err == f"chaos-pizza sandbox: port {taken} is already in use; choose another with --shop-port\n"


@pytest.mark.parametrize(
    "options",
    [["--chaos-delay-s", "20-5"], ["--stall-s", "-1"], ["--stall-s", "nan"], ["--log", "/nowhere/at/all"]],
    ids=["range", "negative", "nan", "log"],
)
def test_what_it_cannot_do_it_says_before_it_starts(options):
    with start(*options) as process:
        out, err = process.communicate(timeout=60)
    assert (process.returncode, out) == (2, "")
    assert err.startswith("chaos-pizza sandbox: ")
    assert err.count("\n") == 1


def test_its_log_is_appended_to_a_file(tmp_path):
    log = tmp_path / "sandbox.log"
    log.write_text("before\n")
    with running("--log", str(log)) as (process, env), httpx.Client(trust_env=False, timeout=60) as http:
        http.get(f"{env['PIZZA_SHOP_URL']}/nowhere")
        process.terminate()
        process.communicate(timeout=60)
    first, second = log.read_text().splitlines()
    assert first == "before"
    assert '"event": "request_error"' in second


def test_the_environment_comes_only_once_both_servers_answer():
    with start() as process, httpx.Client(trust_env=False, timeout=60) as http:
        env = read_environment(process)
        assert http.get(f"{env['PIZZA_FACTORY_URL']}/.well-known/jwks.json").status_code == 200
        assert http.get(f"{env['PIZZA_SHOP_URL']}/api/order/menu").status_code == 200
        process.terminate()
        assert process.wait(timeout=60) == 0
