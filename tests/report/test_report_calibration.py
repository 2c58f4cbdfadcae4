"""What a calibration found, in a table, in words and as JSON."""

from chaos_pizza.model.incident import Peer
from chaos_pizza.model.measure import MeasureName
from chaos_pizza.model.precision import Calibration, ClockBounds, RateCalibration, Spread
from chaos_pizza.report.calibration import HEAD, calibration_entry, calibration_rows, describe_calibration

EXPECTED = {MeasureName.TTD: 0.004, MeasureName.TTM: 0.0085, MeasureName.TTR: 0.036}
KEPT = RateCalibration(
    20.0, 5.0, 100, 100, 100, Spread(101, 0.001, 0.004, 0.009), Spread(100, 0.005, 0.01, 0.02), EXPECTED
)
LATE = RateCalibration(200.0, 5.0, 1000, 990, 990, Spread(990, 0.2, 0.35, 0.4), Spread(990, 0.1, 0.3, 0.4), EXPECTED)
FEW = RateCalibration(200.0, 5.0, 1000, 400, 400, Spread(400, 0.001, 0.002, 0.003), None, {})
NONE = RateCalibration(5.0, 5.0, 25, 0, 0, None, None, {})
CLOCKS = (ClockBounds(Peer.SHOP, -0.4, 1.5, steady=True), ClockBounds(Peer.FACTORY, 2.1, 3.2, steady=True))


def calibration(*rates):
    return Calibration("sandbox", rates, Spread(40, 0.003, 0.007, 0.01), CLOCKS)


def test_a_row_tells_lateness_way_and_the_errors_to_expect():
    (row,) = calibration_rows(calibration(KEPT))
    assert row == ("20", "100 of 100", "1.0 ms", "4.0 ms", "5.0 ms", "10 ms", "±4 ms", "±9 ms", "±36 ms")
    assert len(row) == len(HEAD)


def test_what_is_unknown_is_a_dash():
    (row,) = calibration_rows(calibration(NONE))
    assert row == ("5", "0 of 25", *["-"] * 7)


def test_what_to_expect_is_said_of_each_rate_that_was_kept():
    clocks, expected = describe_calibration(calibration(KEPT), [20])
    assert (
        expected
        == "At 20 purchases/s expect TTD to be exact to about ±4 ms, TTM to about ±9 ms and TTR to about ±36 ms."
    )
    assert "the shop's between 0.40 s behind and 1.50 s ahead; the factory's 2.10 to 3.20 s ahead" in clocks


def test_a_rate_that_is_too_much_is_said_to_be_and_why():
    last = describe_calibration(calibration(KEPT, LATE), [20, 200, 500])[-1]
    assert last == (
        "200 purchases/s is too much here: one in a hundred left 350 ms late or more, and they are 5.0 ms apart. Stay "
        "at 20 or below. Higher rates were not tried."
    )
    assert (
        "only 400 of the 1000 that were due were decided. Stay"
        in describe_calibration(calibration(KEPT, FEW), [200])[-1]
    )
    assert (
        "none of the 25 that were due was decided. Try a lower one" in describe_calibration(calibration(NONE), [5])[-1]
    )


def test_where_nothing_was_good_though_all_left_in_time_no_lower_rate_is_advised():
    slow = RateCalibration(5.0, 5.0, 25, 25, 0, Spread(25, 0.001, 0.002, 0.003), None, {})
    _, told = describe_calibration(calibration(slow), [5, 20])
    assert told == (
        "At 5 purchases/s none of the 25 that were due was good: none came within the latency budget of 2 s with a "
        "pizza that verifies. They left in time, so it is the shop that is too slow or fails; no drill can be held on "
        "it like this. Higher rates were not tried."
    )


def test_as_json_it_says_which_rates_were_kept():
    entry = calibration_entry(calibration(KEPT, FEW))
    assert [(rate["rate_per_s"], rate["kept"]) for rate in entry["rates"]] == [(20.0, True), (200.0, False)]
    assert entry["rates"][0]["expected_s"] == {"ttd_s": 0.004, "ttm_s": 0.0085, "ttr_s": 0.036}
    assert entry["rates"][1]["expected_s"] == {"ttd_s": None, "ttm_s": None, "ttr_s": None}
    assert entry["factory_path"]["p50_s"] == 0.003


def test_nobodys_clock_is_told_where_no_service_dates_its_answers():
    assert describe_calibration(Calibration("sandbox", (), None), [5]) == ["No service tells its clock."]
