"""The coordinator's buttons: what is done by one press is done once, and at what is shown."""

import json
from concurrent.futures import ThreadPoolExecutor

import pytest
from web_console import DrillUnderWay, serving_console, waiting_gameday

from chaos_pizza.console.web.keys import Role
from chaos_pizza.model.feed import FeedEnded
from chaos_pizza.redaction import Secret

MEANT = {"confirmed": True}
ALREADY = "that is being done already, by chaos-pizza calm"


def calm(client):
    answer = client.post("/coordinator/calm", json=MEANT)
    return answer.status_code, answer.json()["message"]


def drill_that_is_over(reports):
    with DrillUnderWay(reports) as drill:
        drill.tell(FeedEnded(None))


def test_a_button_that_is_pressed_three_times_at_once_does_its_work_once(tmp_path):
    drill_that_is_over(tmp_path)
    with serving_console(tmp_path) as console, console.client(Role.COORDINATOR) as client:
        with ThreadPoolExecutor(3) as pool:
            answers = list(pool.map(lambda _: calm(client), range(3)))
        # Its target is in no configuration here, as the command itself says.
        (done,) = [message for _, message in answers if message != ALREADY]
        assert [status for status, _ in answers] == [409] * 3
        assert "sandbox" in done
        # And once it is done it can be done again.
        assert calm(client) == (409, done)
    assert not [line for line in console.said if "KeyError" in line or "bug" in line]


def test_what_could_not_be_started_can_be_tried_again(tmp_path):
    plan = tmp_path / "plan.yaml"
    plan.write_text("")
    # More than one variable may hold, so that no process can be started with it.
    settings = {"plan": plan, "passphrase": Secret("x" * 500_000)}
    with serving_console(tmp_path, **settings) as console, console.client(Role.COORDINATOR) as client:
        for _ in range(2):
            answer = client.post("/coordinator/start", json=MEANT)
            message = answer.json()["message"]
            assert (answer.status_code, message) == (
                500,
                "chaos-pizza gameday can't be started: Argument list too long",
            )


@pytest.mark.parametrize(
    ("target", "said"), [("friday", "'friday'"), (None, "the game day that waits gets a sandbox of its own")]
)
def test_calm_is_restored_where_the_game_day_that_waits_is_for_and_not_at_the_last_drills_target(
    tmp_path, target, said
):
    drill_that_is_over(tmp_path)
    waiting_gameday(tmp_path, target=target)
    with serving_console(tmp_path) as console, console.client(Role.COORDINATOR) as client:
        status, message = calm(client)
    assert status == 409
    assert said in message, json.dumps(message)
    assert "'sandbox'" not in message
