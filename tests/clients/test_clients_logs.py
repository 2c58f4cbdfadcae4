"""The shop's log, searched in Loki, in CloudWatch Logs (moto's server) and in a file."""

import asyncio
import json
import os
from contextlib import ExitStack
from datetime import UTC, datetime, timedelta

import boto3
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from moto.server import ThreadedMotoServer
from small_loki import SmallLoki

from chaos_pizza.clients.logs import open_log_searches
from chaos_pizza.clients.logs_cloudwatch import CloudWatchLogSearch
from chaos_pizza.clients.logs_file import LogFileSearch
from chaos_pizza.clients.services import open_services
from chaos_pizza.clock import AnchoredClock
from chaos_pizza.errors import BadAnswer, Refused, Unreachable, UsageError
from chaos_pizza.model.incident import LogSource, Peer
from chaos_pizza.model.target import Target
from chaos_pizza.monitoring.logs import EntryPattern, FoundEntries
from chaos_pizza.redaction import Redactor, Secret
from chaos_pizza.sandbox.log import open_log
from chaos_pizza.sandbox.truth import Ledger, Outcome, PurchaseRecord

FAILED = {"event": "purchase", "outcome": "failed"}
QUERY = '{app="pizza"} |= "failed"'
REGION = "eu-west-1"
NOW = datetime.now(UTC).replace(microsecond=0)


def at(second):
    return NOW + timedelta(seconds=second)


def entry(second, outcome="failed", **more):
    return json.dumps({"at": at(second).isoformat(), "event": "purchase", "outcome": outcome, **more}) + "\n"


def target(**fields):
    return Target("t", "http://127.0.0.1:9", "http://127.0.0.1:9", Secret("vendor"), **fields)


def opened(place, work, **asked):
    """Do some work with the logs that a target names."""

    async def worked():
        async with open_services(place, AnchoredClock(), Redactor(place.secrets())) as services:
            return await work(open_log_searches(services, **asked))

    return asyncio.run(worked())


def search(place, since, until, **asked):
    async def searched(logs):
        (log,) = logs
        return await log.search(at(since), at(until))

    return opened(place, searched, **asked)


def sources(place, **asked):
    async def listed(logs):
        return [log.source for log in logs]

    return opened(place, listed, **asked)


class TestLoki:
    @pytest.fixture
    def loki(self):
        with ExitStack() as stack:

            def start(lines, token=None):
                loki = SmallLoki([(int(at(second).timestamp()) * 10**9, line) for second, line in lines], token)
                stack.callback(loki.close)
                return loki

            yield start

    def test_it_counts_the_lines_of_the_stretch_and_dates_the_first(self, loki):
        lines = [(second, "failed") for second in (1, 2, 3, 4)] + [(2, "ok")]
        found = search(target(loki_url=loki(lines).url), 1, 3, query=QUERY)
        assert (found.entries, found.first_at) == (2, at(2))
        assert {look.peer for look in found.clocks} == {Peer.LOKI}

    def test_where_nothing_is_found_no_line_is_asked_for(self, loki):
        running = loki([(1, "ok")])
        found = search(target(loki_url=running.url), 0, 3, query=QUERY)
        assert (found.entries, found.first_at) == (0, None)
        assert running.asked == ["/loki/api/v1/query"]

    def test_the_token_goes_along_and_a_wrong_one_is_told(self, loki):
        url = loki([(1, "failed")], token="right").url
        assert search(target(loki_url=url, loki_token=Secret("right")), 0, 3, query=QUERY).entries == 1
        with pytest.raises(Refused, match="PIZZA_LOKI_TOKEN") as raised:
            search(target(loki_url=url, loki_token=Secret("wrong")), 0, 3, query=QUERY)
        assert "wrong to" not in str(raised.value)

    def test_a_query_that_is_not_logql_is_told(self, loki):
        with pytest.raises(Refused, match="is the `query` LogQL"):
            search(target(loki_url=loki([]).url), 0, 3, query="rate(pizzas[1m])")

    def test_nobody_at_the_address_is_unreachable(self):
        with pytest.raises(Unreachable, match=r"Loki \(http://127.0.0.1:9, GET /loki/api/v1/query\) can't be reached"):
            search(target(loki_url="http://127.0.0.1:9"), 0, 3, query=QUERY)


@pytest.fixture(scope="module")
def moto_url():
    server = ThreadedMotoServer("127.0.0.1", 0, verbose=False)
    server.start()
    host, port = server.get_host_and_port()
    yield f"http://{host}:{port}"
    server.stop()


class TestCloudWatchLogs:
    @pytest.fixture
    def group(self, moto_url, monkeypatch, request):
        """A log group of its own for each test, and a way to write into it."""
        monkeypatch.setenv("AWS_ENDPOINT_URL", moto_url)
        monkeypatch.setenv("AWS_ACCESS_KEY_ID", "AKIDPIZZAPIZZAPIZZA0")
        monkeypatch.setenv("AWS_SECRET_ACCESS_KEY", "wJalrXUtnFEMIK7MDENGbPxRfiCYPIZZAKEY")
        client, name = boto3.client("logs", region_name=REGION), request.node.name[:50]
        client.create_log_group(logGroupName=name)
        client.create_log_stream(logGroupName=name, logStreamName="shop")

        def write(*lines):
            events = [{"timestamp": int(at(second).timestamp() * 1000), "message": text} for second, text in lines]
            if events:
                client.put_log_events(logGroupName=name, logStreamName="shop", logEvents=events)
            return target(log_group=name, cloudwatch_region=REGION)

        return write

    def test_it_counts_the_events_of_the_stretch_and_dates_the_first(self, group):
        place = group((1, "failed"), (2, "ok"), (2.25, "failed"), (3, "failed"), (4, "failed"))
        found = search(place, 1, 3, query="failed")
        assert (found.entries, found.first_at) == (2 + 1, at(1))  # an event of the very millisecond of the begin
        assert {look.peer for look in found.clocks} == {Peer.CLOUDWATCH}
        assert search(place, 1.01, 3, query="failed").entries == 2
        assert search(place, 5, 6, query="failed").entries == 0

    def test_pages_add_up_and_too_many_are_refused(self, group):
        place = group(*((second / 100, "failed") for second in range(1, 60)))

        def paged(page_size):
            log = CloudWatchLogSearch(place.log_group, REGION, "failed", AnchoredClock(), Redactor(), page_size)
            return asyncio.run(log.search(at(0), at(9)))

        assert (paged(20).entries, paged(20).first_at) == (59, at(0.01))
        with pytest.raises(BadAnswer, match="narrower"):
            paged(1)

    def test_a_group_that_is_not_there_is_told(self, group):
        group()
        with pytest.raises(Refused, match="CloudWatch Logs in eu-west-1 has nothing of the name"):
            search(target(log_group="elsewhere", cloudwatch_region=REGION), 0, 3, query="failed")

    def test_fields_make_a_filter_pattern_where_no_query_is_given(self):
        place = target(log_group="shop", cloudwatch_region=REGION)
        assert sources(place, fields=FAILED) == [LogSource.CLOUDWATCH_LOGS]
        with pytest.raises(UsageError, match="fields"):
            sources(place)

    def test_a_group_lies_in_a_region(self):
        with pytest.raises(UsageError, match=r"PIZZA_LOG_GROUP needs .* PIZZA_CLOUDWATCH_REGION"):
            sources(target(log_group="shop"), query="failed")


class TestLogFile:
    @pytest.fixture
    def path(self, tmp_path):
        return tmp_path / "shop.log"

    def found(self, path, since, until, fields=None):
        return search(target(log_file=str(path)), since, until, fields=fields or FAILED)

    def test_it_counts_the_lines_of_the_stretch_and_dates_the_first(self, path):
        path.write_text("".join([entry(1), "plain text\n", entry(2), entry(2, "ok"), entry(3), entry(4)]))
        assert self.found(path, 1, 3) == FoundEntries(2, at(2))

    def test_a_line_that_is_half_written_counts_once_it_is_whole(self, path):
        whole = entry(1) + entry(2)
        path.write_text(whole[:-20])
        assert self.found(path, 0, 3) == FoundEntries(1, at(1))
        with path.open("a") as file:
            file.write(whole[-20:-1])
        assert self.found(path, 0, 3) == FoundEntries(2, at(1))

    def test_what_was_rotated_away_is_read_too(self, path):
        path.write_text(entry(5))
        path.with_name("shop.log.1").write_text(entry(3) + entry(4))
        path.with_name("shop.log.2").write_text(entry(1) + entry(2))
        assert self.found(path, 1, 9) == FoundEntries(4, at(2))

    def test_what_was_rotated_away_long_before_is_not_opened(self, path):
        path.write_text(entry(5))
        old = path.with_name("shop.log.1")
        old.mkdir()  # which can't be read as a file
        os.utime(old, (at(-600).timestamp(), at(-600).timestamp()))
        assert self.found(path, 1, 9).entries == 1

    def test_a_file_that_was_rotated_under_our_hands_is_read_once(self, path):
        path.write_text(entry(5))
        os.link(path, path.with_name("shop.log.1"))
        assert self.found(path, 1, 9).entries == 1

    def test_it_reads_no_further_back_than_needed(self, path):
        """Whoever logs for months has a file that nobody can read whole within a drill."""
        path.write_text("".join(entry(second) for second in range(-10_000, 10)))
        log = LogFileSearch(path, EntryPattern.of(FAILED), most_bytes=20_000, block=1_000)
        assert asyncio.run(log.search(at(0), at(5))) == FoundEntries(5, at(1))

    def test_more_than_may_be_read_is_told_and_nothing_is_counted(self, path):
        path.write_text("".join(entry(second) for second in range(100)))
        log = LogFileSearch(path, EntryPattern.of(FAILED), most_bytes=2_000, block=1_000)
        with pytest.raises(BadAnswer, match="over 2,000 bytes"):
            asyncio.run(log.search(at(0), at(100)))

    def test_an_empty_log_holds_nothing(self, path):
        path.touch()
        assert self.found(path, 0, 9) == FoundEntries(0, None)

    @pytest.mark.parametrize(
        ("text", "words"), [("GET / 200\n", "no line that is a JSON object"), (None, "No such file")]
    )
    def test_a_log_that_can_not_be_read_is_told(self, path, text, words):
        if text:
            path.write_text(text)
        with pytest.raises((BadAnswer, Unreachable), match=words):
            self.found(path, 0, 9)

    def test_what_is_no_file_is_not_waited_for(self, tmp_path):
        pipe = tmp_path / "pipe"
        os.mkfifo(pipe)
        for place in (pipe, tmp_path):
            with pytest.raises((BadAnswer, Unreachable), match=r"no ordinary file|directory"):
                self.found(place, 0, 9)

    def test_a_line_without_end_counts_as_none_and_hides_no_other(self, path):
        path.write_text(entry(1) + '{"junk": "' + "x" * 600_000 + '"}\n' + entry(2))
        assert self.found(path, 0, 9) == FoundEntries(2, at(1))

    @given(
        st.lists(st.tuples(st.integers(0, 30), st.sampled_from(["failed", "ok", "bad_pizza"]), st.text(max_size=30))),
        st.integers(40, 400),
        st.integers(0, 30),
        st.integers(0, 30),
    )
    @settings(max_examples=50)
    def test_however_the_blocks_fall_every_line_is_read_once(self, tmp_path_factory, told, block, since, until):
        path = tmp_path_factory.mktemp("log") / "shop.log"
        path.write_text("".join(entry(second, outcome, text=text) for second, outcome, text in sorted(told)))
        log = LogFileSearch(path, EntryPattern.of(FAILED), block=block)
        within = [second for second, outcome, _ in told if outcome == "failed" and since < second <= until]
        first_at = at(min(within)) if within else None
        assert asyncio.run(log.search(at(since), at(until))) == FoundEntries(len(within), first_at)

    def test_the_sandboxs_own_log_shows_what_failed_but_calls_a_worthless_pizza_by_its_own_name(self, path):
        """To a team that looks for `failed` a bad pizza is not there, as the incident's failures were not."""
        with open_log(str(path)) as log:
            ledger = Ledger(log)
            for outcome, status in ((Outcome.OK, 200), (Outcome.FAILED, 500), (Outcome.BAD_PIZZA, 200)):
                ledger.purchase(PurchaseRecord(1, at(1), at(1.5), outcome, status))
        assert self.found(path, 1, 2) == FoundEntries(1, at(1.5))
        assert self.found(path, 1, 2, {"event": "purchase", "status": [500, 502, 503]}) == FoundEntries(1, at(1.5))
        assert self.found(path, 1, 2, {"event": "purchase", "outcome": "bad_pizza"}) == FoundEntries(1, at(1.5))


class TestWhichLogs:
    ALL = target(loki_url="http://127.0.0.1:9", log_group="shop", cloudwatch_region=REGION, log_file="shop.log")

    def test_every_log_that_is_named_is_searched(self):
        assert sources(self.ALL, query=QUERY, fields=FAILED) == list(LogSource)

    @pytest.mark.parametrize("source", list(LogSource))
    def test_one_may_be_chosen(self, source):
        assert sources(self.ALL, query=QUERY, fields=FAILED, only=source.value) == [source]

    def test_one_query_is_not_for_two_languages(self):
        with pytest.raises(UsageError, match="say by `source`"):
            sources(self.ALL, query=QUERY)

    def test_without_any_log_it_says_what_to_set(self):
        with pytest.raises(UsageError, match="PIZZA_LOKI_URL or PIZZA_LOG_GROUP or PIZZA_LOG_FILE"):
            sources(target(), query=QUERY)
        with pytest.raises(UsageError, match="names no loki; set PIZZA_LOKI_URL"):
            sources(target(log_file="shop.log"), only="loki")
        with pytest.raises(UsageError, match="no log source 'splunk'; there are loki, cloudwatch_logs, log_file"):
            sources(self.ALL, only="splunk")
