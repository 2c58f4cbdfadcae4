"""A list of shops as a table."""

import csv
import io
from contextlib import suppress

import pytest
from hypothesis import given
from hypothesis import strategies as st

from chaos_pizza.errors import UsageError
from chaos_pizza.fleet.shop_list import ListedShop, check_known_columns, read_shop_list

CELLS = st.text(st.characters(codec="utf-8", exclude_categories=("Cc",)), min_size=1).map(str.strip).filter(bool)


def test_each_row_is_a_shop_and_an_empty_cell_says_nothing():
    text = '\ufeffname, shop_url ,metrics_url\r\nteam-01,http://a,\r\n\r\n ,,\r\nteam-02,"http://b?x=1,2",http://m\r\n'
    columns = ("name", "shop_url", "metrics_url")
    shops = read_shop_list(text, "teams.csv")
    assert shops == [
        ListedShop("teams.csv", 2, columns, {"name": "team-01", "shop_url": "http://a"}),
        ListedShop(
            "teams.csv", 5, columns, {"name": "team-02", "shop_url": "http://b?x=1,2", "metrics_url": "http://m"}
        ),
    ]
    assert shops[1].place == "teams.csv, line 5"
    check_known_columns(shops)


@pytest.mark.parametrize(
    ("column", "told"),
    [
        ("vendor_kee", "teams.csv has a column 'vendor_kee', which no shop has; did you mean vendor_key_env?"),
        ("vendor_key", "a secret never stands in this file, only the name of its variable, as vendor_key_env"),
        ("members", "which no shop has; there may be name, shop_url, "),
    ],
)
def test_a_column_that_no_shop_has_is_told_though_its_cells_are_empty(column, told):
    with pytest.raises(UsageError) as raised:
        check_known_columns(read_shop_list(f"name,{column}\nteam-01,\n", "teams.csv"))
    assert told in str(raised.value)


@pytest.mark.parametrize(
    ("text", "told"),
    [
        ("", "teams.csv: its first row is to name the columns, one of which is `name`"),
        ("shop_url\nhttp://a\n", "one of which is `name`"),
        ("\ufeffname;shop_url\na;http://a\n", "is `name` (parted by commas; this one seems to use ;)"),
        ("shop_url\tname\n", "is `name` (parted by commas; this one seems to use tabs)"),
        ("name,name\n", "each column is to have a name of its own"),
        ("name,\n", "each column is to have a name of its own"),
        ("name,allowed\na,true\n", "`allowed` has no place in a table"),
        ("name,shop_url\na,http://a\nb\n", "teams.csv, line 3: 2 cells are wanted, not 1"),
        ('name\n"a\n', "line 2, is not CSV"),
    ],
)
def test_what_is_no_list_of_shops_is_told_with_its_line(text, told):
    with pytest.raises(UsageError) as raised:
        read_shop_list(text, "teams.csv")
    assert told in str(raised.value)


@given(st.lists(st.tuples(CELLS, CELLS), max_size=5))
def test_what_another_program_writes_is_read_as_it_was(rows):
    file = io.StringIO(newline="")
    csv.writer(file).writerows([("name", "shop_url"), *rows])
    read = [shop.cells for shop in read_shop_list(file.getvalue(), "teams.csv")]
    assert read == [{"name": a, "shop_url": b} for a, b in rows]


@given(st.text())
def test_whatever_a_file_holds_is_a_list_or_a_complaint(text):
    with suppress(UsageError):
        assert all(shop.cells and shop.line > 1 for shop in read_shop_list(text, "teams.csv"))
