"""Claims as they are written: what is understood, and what a tired person is told of the rest."""

import re

import pytest
from hypothesis import given
from hypothesis import strategies as st

from chaos_pizza.claims.claim import FIGURES, RELATIONS, SIGHT, WORDS, Claim, Condition, FigureKind, Relation
from chaos_pizza.claims.grammar import LONGEST_CLAIM, parse_claim
from chaos_pizza.errors import UsageError

EXPERIMENTS = st.from_regex(r"[a-z0-9][a-z0-9-]{0,20}", fullmatch=True)
RULES = (
    st.text(st.characters(exclude_characters="]"), min_size=1, max_size=30)
    .map(str.strip)
    .filter(lambda rule: rule and rule.isprintable())
)


def whole(most):
    return st.integers(0, most).map(float)


@st.composite
def conditions(draw):
    figure = draw(st.sampled_from(sorted(FIGURES)))
    kind = FIGURES[figure]
    relation = draw(st.sampled_from(RELATIONS[kind]))
    numbers = {
        FigureKind.WORD: st.sampled_from(WORDS.get(figure, ("",))),
        FigureKind.COUNT: whole(10**9),
        FigureKind.RATIO: st.integers(0, 10**6).map(lambda millionths: millionths / 10**6),
    }
    wanted = draw(numbers.get(kind, st.integers(0, 10**9).map(lambda thousandths: thousandths / 1000)))
    return Condition(figure, draw(EXPERIMENTS), relation, wanted, draw(RULES) if figure == SIGHT else None)


@given(st.lists(conditions(), min_size=1, max_size=3).map(tuple).map(Claim))
def test_a_claim_that_is_written_down_reads_as_the_same_claim(claim):
    assert parse_claim(str(claim)) == claim


@given(st.text(max_size=60) | st.text("ttd_s(x) <=90and[].%", max_size=40))
def test_any_other_text_is_a_complaint_of_one_line(text):
    try:
        claim = parse_claim(text)
    except UsageError as error:
        assert str(error).isprintable()  # noqa: PT017 - either outcome is right
    else:
        assert parse_claim(str(claim)) == claim


@given(st.text(st.characters(codec="utf-8"), min_size=1, max_size=20), st.integers(0, 24))
def test_a_claim_with_anything_put_into_it_is_understood_or_complained_of(noise, place):
    try:
        parse_claim("ttd_s(factory-fail) <= 90"[:place] + noise + "ttd_s(factory-fail) <= 90"[place:])
    except UsageError as error:
        assert re.match(r"character \d+ of the claim: ", str(error))  # noqa: PT017


@pytest.mark.parametrize(
    ("text", "seconds"), [("90", 90), ("90s", 90), ("90 s", 90), ("1.5 min", 90), ("10 min", 600), ("2 h", 7200)]
)
def test_a_time_is_written_in_seconds_minutes_or_hours(text, seconds):
    assert parse_claim(f"ttd_s(factory-fail) <= {text}").conditions[0].wanted == seconds


def test_a_ratio_is_written_as_a_number_or_in_percent():
    assert parse_claim("success_ratio(x) >= 99 %") == parse_claim("success_ratio(x)>=0.99")
    assert parse_claim("success_ratio(x) >= 0.1%").conditions[0].wanted == 0.001


@pytest.mark.parametrize(("written", "relation"), [("≤", "<="), ("≥", ">="), ("<", "<"), (">", ">"), ("<=", "<=")])
def test_relations_are_written_in_either_way(written, relation):
    assert parse_claim(f"ttm_s(x) {written} 9").conditions[0].relation is Relation(relation)


def test_the_incidents_own_claims_are_understood():
    both = parse_claim("ttd_s(factory-fail) <= 90 and detected_by(factory-fail) = alert")
    assert both.conditions == (
        Condition("ttd_s", "factory-fail", Relation.AT_MOST, 90.0),
        Condition("detected_by", "factory-fail", Relation.IS, "alert"),
    )
    (revenue,) = parse_claim("sight[revenue-down](factory-fail) = fired").conditions
    assert revenue == Condition("sight", "factory-fail", Relation.IS, "fired", "revenue-down")
    (backup,) = parse_claim("success_ratio(backup-factory) >= 0.99").conditions
    assert backup == Condition("success_ratio", "backup-factory", Relation.AT_LEAST, 0.99)


def test_a_claim_names_each_experiment_once():
    claim = parse_claim("ttd_s(b) <= 1 and failed(a) = 0 and ttm_s(b) <= 2")
    assert claim.experiments == ("b", "a")


@pytest.mark.parametrize(
    ("text", "place", "complaint"),
    [
        ("", 1, "a figure, such as ttd_s, was expected"),
        ("ttd(factory-fail) <= 90", 1, "there is no figure 'ttd'; did you mean ttd_s?"),
        ("TTD_S(x) <= 90", 1, "did you mean ttd_s?"),
        ("recovery(x) <= 90", 1, "did you mean recovery_lag_s?"),
        ("wobble(x) <= 90", 1, "there are ttd_s, ttd_from_impact_s, tta_s, "),
        ("ttd_s <= 90", 7, "`(` and an experiment's name was expected, not '<= 90'"),
        ("ttd_s(Factory) <= 90", 7, "an experiment's name, of a-z, 0-9 and -, was expected"),
        ("ttd_s(x <= 90", 9, "`)` after the experiment's name was expected"),
        ("ttd_s(x)", 9, "`<=` or `<` or `>=` or `>` was expected"),
        ("ttd_s(x) = 90", 10, "ttd_s is held against something with `<=` or `<` or `>=` or `>`, not with `=`"),
        ("verdict(x) <= passed", 12, "verdict is held against something with `=`, not with `<=`"),
        ("verdict(x) = invalid", 14, "verdict can be passed or failed, not 'invalid'"),
        ("detected_by(x) = nobody", 18, "detected_by can be alert or person, not 'nobody'"),
        ("sight(x) = fired", 6, "`[` and the name of an alert rule was expected"),
        ("sight[](x) = fired", 7, "the name of an alert rule was expected"),
        ("sight[a(x) = fired", 19, "`]` after the rule's name"),
        ("ttd_s(x) <= soon", 13, "a number was expected, not 'soon'"),
        ("ttd_s(x) <= -1", 13, "a number was expected"),
        ("ttd_s(x) <= 3 days", 15, "ttd_s is counted in s, min, h, not in 'days'"),
        ("failed(x) <= 3 min", 16, "failed is counted without a unit, not in 'min'"),
        ("failed(x) <= 0.5", 14, "failed is a whole number"),
        ("success_ratio(x) >= 99", 21, "success_ratio lies between 0 and 1"),
        (
            "ttd_s(x) <= 9, ttm_s(x) <= 9",
            14,
            "`and` and another condition, or the claim's end was expected, not ', ",
        ),
        ("ttd_s(x) <= 9 and", 18, "a figure, such as ttd_s, was expected"),
        ("ttd_s(x) <= \x1b[31m", 13, "a number was expected, not '[31m'"),
    ],
)
def test_a_complaint_names_the_character_and_what_was_expected(text, place, complaint):
    with pytest.raises(UsageError, match=rf"^character {place} of the claim: .*{re.escape(complaint)}"):
        parse_claim(text)


def test_a_claim_is_bounded():
    with pytest.raises(UsageError, match=f"a claim has up to {LONGEST_CLAIM} characters, and this one 1001"):
        parse_claim(" " * 1001)
