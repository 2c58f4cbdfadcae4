"""Which drills are drawn where there are too many."""

import itertools

from hypothesis import given
from hypothesis import strategies as st
from retro_examples import at_least, drill, incident, took

from chaos_pizza.model.measure import MeasureName
from chaos_pizza.retro.axis import duration_axis
from chaos_pizza.retro.points import points_of, ratio_points_of, thinned


def points(values, censored=()):
    drills = [
        drill(number, at_least(value) if number in censored else took(value)) for number, value in enumerate(values)
    ]
    return points_of(drills, MeasureName.TTD)


def test_each_drill_with_the_measure_is_a_point_with_its_bounds():
    first, second = points_of([drill(0, took(10, 4)), drill(1), drill(2, at_least(60))], MeasureName.TTD)
    assert (first.value, first.earliest, first.latest, first.censored) == (10, 8, 12, False)
    assert (second.value, second.latest, second.censored) == (60, 60, True)


def test_the_share_of_good_purchases_is_a_point_where_any_were_made():
    assert [point.value for point in ratio_points_of([drill(0), drill(1, success_ratio=None)])] == [0.1]


def test_where_there_is_room_all_are_drawn():
    every = points(range(30))
    assert thinned(every, 30) == every


def test_an_incident_is_always_drawn():
    every = points_of([incident(), *(drill(number, took(5)) for number in range(500))], MeasureName.TTD)
    assert sum(point.is_incident for point in thinned(every, 30)) == 1


def test_lower_bounds_are_kept_all_where_they_fit_and_evenly_where_not():
    some = points(range(200), censored={3, 90, 150})
    assert sum(point.censored for point in thinned(some, 40)) == 3
    many = points([1] * 200, censored=set(range(200)))
    kept = thinned(many, 40)
    gaps = {(after.at - before.at).days for before, after in itertools.pairwise(kept)}
    assert (len(kept), gaps) == (20, {10})


def test_the_one_slow_drill_and_the_one_fast_drill_of_many_are_drawn():
    values = [10 + number % 7 for number in range(400)]
    values[123], values[321] = 99, 1
    kept = [point.value for point in thinned(points(values), 30)]
    assert (max(kept), min(kept)) == (99, 1)


@given(st.lists(st.tuples(st.floats(0, 1e4), st.booleans()), min_size=1, max_size=300), st.integers(12, 60))
def test_no_more_than_there_is_room_for_and_no_extreme_is_lost(drawn, room):
    censored = {number for number, (_, is_bound) in enumerate(drawn) if is_bound}
    every = points([value for value, _ in drawn], censored)
    kept = thinned(every, room)
    assert len(kept) <= room
    assert kept == [point for point in every if point in kept]
    seen, kept_seen = ([point.value for point in each if not point.censored] for each in (every, kept))
    if seen:
        assert (min(kept_seen), max(kept_seen)) == (min(seen), max(seen))


def test_times_of_one_size_have_an_even_axis_from_0():
    scale, ticks = duration_axis([10, 40])
    assert (scale["domain"][0], ticks) == (0, [0, 10, 20, 30, 40])


def test_times_of_many_sizes_have_a_logarithmic_axis():
    scale, ticks = duration_axis([2, 600])
    assert scale["type"] == "log"
    assert scale["domain"][0] < 2
    assert scale["domain"][1] > 600
    assert all(2 <= tick <= 600 for tick in ticks)


def test_zeros_among_them_are_on_the_axis_too():
    scale, ticks = duration_axis([0, 2, 600])
    assert (scale["type"], scale["domain"][0], ticks[0]) == ("symlog", 0, 0)


def test_zeros_alone_have_an_axis():
    scale, ticks = duration_axis([0, 0])
    assert scale["domain"][1] > 0
    assert ticks[0] == 0


@given(st.lists(st.floats(0, 1e9), min_size=1, max_size=20))
def test_every_time_is_on_the_axis_and_has_few_ticks(values):
    scale, ticks = duration_axis(values)
    low, high = scale["domain"]
    assert low <= min(values)
    assert max(values) <= high
    assert 1 <= len(ticks) <= 12 or scale.get("type") == "log"
    assert len(ticks) <= 12
