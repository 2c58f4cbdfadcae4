"""How long Alertmanager waits for company, by its routes. The expected seconds are read off the configuration."""

import time

import pytest
from hypothesis import given
from hypothesis import strategies as st

from chaos_pizza.monitoring.routes import LONGEST_CONFIGURATION, group_wait_s

# As /api/v2/status of Alertmanager 0.25 gives it back.
CONFIGURATION = """
global:
  resolve_timeout: 5m
route:
  receiver: r
  continue: false
  routes:
  - receiver: r
    matchers:
    - job=~"shop|other"
    - severity="page"
    continue: false
    group_wait: 500ms
  - receiver: r
    match:
      team: x
    match_re:
      foo: a.*
    continue: false
    group_wait: 10s
  - receiver: r
    matchers:
    - severity!="ticket"
    continue: true
    group_wait: 7s
    routes:
    - matchers:
      - job!~"cron"
      - job=~".+"
  group_wait: 2s
receivers:
- name: r
templates: []
"""


def waits(complete=True, **labels):
    return group_wait_s(CONFIGURATION, labels, complete=complete)


def test_the_first_route_that_takes_an_alert_decides():
    assert waits(severity="page", job="shop") == 0.5
    assert waits(severity="page", job="other") == 0.5


def test_a_child_without_a_wait_of_its_own_has_its_parents():
    assert waits(severity="page", job="bakery") == 7


def test_one_that_goes_on_may_be_taken_by_its_parent_too():
    """The route with 7 s continues, but no later one takes the alert."""
    assert waits(severity="page", job="cron") == 7


def test_what_no_child_takes_the_root_has():
    assert waits(severity="ticket", job="shop") == 2


def test_where_no_wait_is_given_it_is_alertmanagers_own():
    assert group_wait_s("route: {receiver: r}", {}, complete=True) == 30


def test_where_the_labels_known_do_not_tell_it_is_unknown():
    assert waits(complete=False, alertname="slow") is None
    assert waits(complete=False, severity="page") is None
    assert waits(complete=False, severity="page", job="shop") == 0.5


def test_a_foreign_expression_is_not_run():
    assert waits(team="x", foo="abc", severity="ticket") is None
    assert waits(team="y", foo="abc", severity="ticket") == 2


@pytest.mark.parametrize(
    "configuration",
    [
        *["", "route", "route: [", "a: b", "? [a]\n: b", "route: " + "[" * (LONGEST_CONFIGURATION - 10)],
        *["route: {group_wait: soon}", "route: {group_wait: !!int x}", "route: &a {routes: [*a]}"],
        *["route: {routes: [1]}", "route: {routes: [{matchers: ['?']}, {group_wait: 1s}]}"],
        "route: {group_wait: 1s}" + " " * LONGEST_CONFIGURATION,
    ],
)
def test_what_can_not_be_read_is_unknown(configuration):
    assert group_wait_s(configuration, {}, complete=True) is None


def test_a_configuration_that_multiplies_by_aliases_takes_no_time():
    levels = "".join(f"l{n}: &l{n} {{routes: [*l{n - 1}, *l{n - 1}], continue: 'true'}}\n" for n in range(1, 41))
    begun_s = time.process_time()
    group_wait_s(f"l0: &l0 {{continue: 'true'}}\n{levels}route: *l40\n", {}, complete=True)
    assert time.process_time() - begun_s < 20


@given(st.text(alphabet="routes: {}[]&*'\"matchgwi_=~!|\n-12s", max_size=200), st.booleans())
def test_any_text_gives_seconds_or_none(text, complete):
    wait_s = group_wait_s(f"route: {text}", {"job": "shop"}, complete=complete)
    assert wait_s is None or wait_s >= 0
