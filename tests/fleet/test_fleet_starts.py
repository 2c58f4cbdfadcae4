"""When each shop's drill may begin."""

from hypothesis import given
from hypothesis import strategies as st

from chaos_pizza.fleet.plan import Course
from chaos_pizza.fleet.starts import start_delays

NAMES = [f"team-{number}" for number in range(6)]


def test_the_first_are_spread_evenly_and_those_after_them_wait_for_nobody():
    course = Course("e.yaml", at_a_time=4, start_spread_s=8)
    assert start_delays(course, NAMES) == (0, 2, 4, 6, 0, 0)
    assert start_delays(course, []) == ()


def test_the_jitter_is_the_same_for_the_same_seed_and_another_for_another():
    course = Course("e.yaml", at_a_time=1, start_spread_s=0, start_jitter_s=10, seed=7)
    # The first 8 bytes of the SHA-256 of "7/team-0", as a fraction of 2**64, by another implementation (sha256sum).
    assert abs(start_delays(course, ["team-0"])[0] - 10 * 0x86946E8036A700ED / 2**64) < 1e-9
    assert start_delays(course, NAMES) != start_delays(Course("e.yaml", start_jitter_s=10, seed=8), NAMES)


@given(st.integers(), st.floats(0, 3600), st.permutations(NAMES))
def test_a_shop_s_jitter_depends_on_no_other_shop_and_is_never_more_than_allowed(seed, jitter_s, names):
    course = Course("e.yaml", start_spread_s=0, start_jitter_s=jitter_s, seed=seed)
    by_name = dict(zip(names, start_delays(course, names), strict=True))
    assert by_name == dict(zip(NAMES, start_delays(course, NAMES), strict=True))
    assert all(0 <= delay_s <= jitter_s for delay_s in by_name.values())
