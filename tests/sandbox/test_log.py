import asyncio
import io
import json
import logging
from datetime import UTC, datetime
from pathlib import Path

import pytest

from chaos_pizza.sandbox.log import JsonLog, open_log


def test_the_log_tells_the_truth_and_no_secret(open_sandbox, caplog):
    caplog.set_level(logging.DEBUG)
    stream = io.StringIO()
    visitor = open_sandbox(JsonLog(stream))
    diner = visitor.log_in()
    visitor.begin("badjwt")
    answer = visitor.buy(diner).json()
    link = answer["followLinkToEndChaos"]
    visitor.follow(link.rsplit("/", 1)[0] + "/wrong")
    visitor.follow(link)
    visitor.buy(diner)
    lines = [json.loads(line) for line in stream.getvalue().splitlines()]
    events = [line["event"] for line in lines]
    assert [each for each in events if each != "request_error"] == [
        "chaos_initiated",
        "chaos_began",
        "purchase",
        "chaos_ended",
        "purchase",
    ]
    assert [line["outcome"] for line in lines if line["event"] == "purchase"] == ["bad_pizza", "ok"]
    assert all(len(line["at"]) == len("2026-11-23T19:57:21.117000Z") for line in lines)
    secrets = [value for name, value in visitor.env.items() if "KEY" in name or "PASSWORD" in name]
    secrets += [answer["jwt"], diner["Authorization"].split()[1], link.rsplit("/", 1)[1]]
    for secret in secrets:
        assert secret not in stream.getvalue()
        # The visitor's own client writes its URLs; the sandbox's must not.
        assert not [each for each in caplog.records if secret in each.getMessage() and each.threadName == "sandbox"]


def test_the_beginning_is_logged_as_of_the_start_date(open_sandbox):
    stream = io.StringIO()
    visitor = open_sandbox(JsonLog(stream))
    visitor.begin("fail")
    shown = visitor.chaos()["startDate"]
    began = next(json.loads(line) for line in stream.getvalue().splitlines() if "chaos_began" in line)
    assert began["at"] == shown.replace("Z", "000Z")
    assert began["kind"] == "fail"


def test_what_is_logged_can_be_read_after_a_pass_of_the_loop_and_at_once_without_one(tmp_path):
    path, at = tmp_path / "log", datetime(2026, 11, 23, 19, 57, 21, 117000, tzinfo=UTC)
    first = '{"at": "2026-11-23T19:57:21.117000Z", "event": "e", "number": 1}\n'

    async def write_two() -> None:
        log.write("e", at, number=2)
        log.write("e", at, number=3)
        await asyncio.sleep(0)
        assert path.read_text() == first + first.replace("1}", "2}") + first.replace("1}", "3}")
        log.write("e", at, number=4)

    with open_log(str(path)) as log:
        log.write("e", at, number=1)
        assert path.read_text() == first
        asyncio.run(write_two())
        assert path.read_text().count("\n") == 4


@pytest.mark.skipif(not Path("/dev/full").exists(), reason="only Linux has a disk that is always full")
def test_a_log_that_cant_be_written_is_told_once_and_the_shop_sells_on(open_sandbox, capfd):
    with open_log("/dev/full") as log:
        visitor = open_sandbox(log)
        diner = visitor.log_in()
        assert [visitor.buy(diner).status_code for _ in range(3)] == [200, 200, 200]
        assert len(visitor.sandbox.purchases) == 3
    said = capfd.readouterr().err
    assert said == "chaos-pizza sandbox: the log can't be written any more (No space left on device), and ends here\n"
