"""What the report says of the log."""

from report_examples import exactly

from chaos_pizza.model.detection import LogFinding
from chaos_pizza.model.incident import LogSource
from chaos_pizza.model.measure import Measure
from chaos_pizza.report.logs import describe_logs


def finding(entries=57, failed=57, share_ratio=1.0, first_after_s=None, source=LogSource.LOKI):
    return LogFinding(source, entries, failed, share_ratio, first_after_s)


def said(*args, **kwargs):
    (sentence,) = describe_logs(finding(*args, **kwargs))
    return sentence


def test_of_a_log_that_was_not_asked_nothing_is_said():
    assert describe_logs(None) == []


def test_a_log_that_holds_all_failures_and_how_soon():
    assert describe_logs(finding(first_after_s=exactly(0.3))) == [
        "The log (Loki) holds entries for 100 % of the failed purchases, the first 0.30 s after the first failure."
    ]


def test_the_time_to_the_first_entry_is_no_more_exact_than_it_is_known():
    assert "the first 0.90 s (0.20 to 1.60 s) after the first failure." in said(first_after_s=Measure(0.9, 0.2, 1.6))


def test_a_share_is_an_upper_bound_since_other_customers_fail_too():
    assert said(20, 57, 20 / 57, source=LogSource.CLOUDWATCH_LOGS) == (
        "The log (CloudWatch Logs) holds entries for at most 35.1 % of the failed purchases."
    )


def test_a_log_without_any_failure_sends_whoever_looks_there_astray():
    assert said(0, 57, 0.0, source=LogSource.LOG_FILE) == (
        "None of the 57 failed purchases appears in the log file: whoever looks for the cause there will not find it."
    )
    assert said(0, 1, 0.0).startswith("The one failed purchase does not appear in the log (Loki): ")


def test_a_file_is_named_as_such_at_the_beginning_too():
    assert said(source=LogSource.LOG_FILE) == "The log file holds entries for 100 % of the failed purchases."


def test_where_nothing_had_failed_nothing_is_known():
    assert said(0, 0, None) == "No purchase had failed when the log (Loki) was searched, so nothing is known of it."
