"""Colours that can be read: contrast by the formula of WCAG 2.2, and each known by its code alone."""

import pytest

from chaos_pizza.report.palette import DARK, LIGHT, Colour, picture_css, theme_css

AREAS = {Colour.SURFACE, Colour.RAISED, Colour.FAULT, Colour.GAP, Colour.GRID}


def contrast(one, other):
    """The contrast ratio of two colours, 1 to 21 (https://www.w3.org/TR/WCAG22/#dfn-contrast-ratio)."""

    def luminance(code):
        parts = [int(code[place : place + 2], 16) / 255 for place in (1, 3, 5)]
        linear = [part / 12.92 if part <= 0.04045 else ((part + 0.055) / 1.055) ** 2.4 for part in parts]
        return 0.2126 * linear[0] + 0.7152 * linear[1] + 0.0722 * linear[2]

    low, high = sorted((luminance(one), luminance(other)))
    return (high + 0.05) / (low + 0.05)


def test_the_formula_is_the_published_one():
    """Black on white is 21; #767676 is known as the lightest grey that reaches 4.5 on white."""
    assert contrast("#000000", "#ffffff") == pytest.approx(21)
    assert contrast("#767676", "#ffffff") >= 4.5 > contrast("#777777", "#ffffff")


@pytest.mark.parametrize("codes", [LIGHT, DARK], ids=["light", "dark"])
@pytest.mark.parametrize("colour", [colour for colour in Colour if colour not in AREAS])
def test_a_text_in_any_colour_can_be_read_on_the_page_and_on_a_card(colour, codes):
    assert contrast(codes[colour], codes[Colour.SURFACE]) >= 4.5
    assert contrast(codes[colour], codes[Colour.RAISED]) >= 4.5


@pytest.mark.parametrize("codes", [LIGHT, DARK], ids=["light", "dark"])
@pytest.mark.parametrize("area", [Colour.FAULT, Colour.GAP])
@pytest.mark.parametrize("text", [Colour.INK, Colour.MUTED])
def test_texts_can_be_read_on_shaded_areas(text, area, codes):
    assert contrast(codes[text], codes[area]) >= 4.5


def test_every_colour_has_both_looks_and_a_light_one_of_its_own():
    assert set(LIGHT) == set(DARK) == set(Colour)
    assert len(set(LIGHT.values())) == len(Colour)


def test_a_page_has_every_colour_in_both_looks():
    css = theme_css()
    for colour in Colour:
        assert f"--{colour}:{LIGHT[colour]}" in css
        assert f"--{colour}:{DARK[colour]}" in css


def test_a_picture_has_rules_for_its_own_colours_only():
    css = picture_css([Colour.GOOD])
    assert f'[fill="{LIGHT[Colour.GOOD]}"]{{fill:{DARK[Colour.GOOD]}}}' in css
    assert LIGHT[Colour.FAILED] not in css
