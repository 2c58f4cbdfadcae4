"""The order of a fleet's shops."""

from fleet_examples import seen, unseen, useless
from hypothesis import given
from hypothesis import strategies as st

from chaos_pizza.fleet.ranking import rank
from chaos_pizza.fleet.row import ShopRow

ROWS = (
    seen("slow", 94.0, exit_code=1),
    unseen("blind", 120.0),
    seen("quick", 3.5),
    useless("unsteady"),
    ShopRow("waits"),
    useless("refused", 2, "no such host"),
    unseen("asleep", 60.0),
    useless("broken", 5, "chaos may still be on"),
    useless("stopped", 4, "SIGINT was received"),
    ShopRow("placebo", 0),
    seen("as-quick", 3.5),
    seen("third", 4.0),
)


def test_detected_ones_are_ranked_and_the_others_stand_apart():
    ranking = rank(ROWS)
    assert [(place, row.shop) for place, row in ranking.detected] == [
        (1, "as-quick"),
        (1, "quick"),
        (3, "third"),
        (4, "slow"),
    ]
    assert [row.shop for row in ranking.undetected] == ["asleep", "blind"]
    assert [row.shop for row in ranking.without_time] == ["placebo"]
    assert [row.shop for row in ranking.apart] == ["broken", "stopped", "unsteady", "refused", "waits"]


def test_times_that_are_shown_alike_share_a_rank_however_they_differ_beneath():
    # 1.9776, 1.9801 and 1.9849 are all shown as 1.98 s, and 1.9851 as 1.99 s. From 10 s on one decimal is shown.
    times = {"b": 1.9776, "a": 1.9801, "c": 1.9849, "d": 1.9851, "f": 10.04, "e": 10.0, "g": 10.06}
    ranking = rank([seen(shop, ttd_s) for shop, ttd_s in times.items()])
    assert [(place, row.shop) for place, row in ranking.detected] == [
        *((1, "a"), (1, "b"), (1, "c"), (4, "d")),
        *((5, "e"), (5, "f"), (7, "g")),
    ]


def test_a_drill_that_proves_nothing_is_not_ranked_however_quick_it_was():
    ranking = rank([seen("aborted", 1.0, exit_code=4), seen("invalid", 2.0, exit_code=3)])
    assert ranking.detected == ()
    assert [row.shop for row in ranking.apart] == ["aborted", "invalid"]


@given(st.permutations(ROWS))
def test_the_order_of_the_drills_changes_nothing_and_no_row_is_lost(rows):
    ranking = rank(rows)
    assert ranking == rank(ROWS)
    assert len(ranking.proofs) + len(ranking.apart) == len(ROWS)
