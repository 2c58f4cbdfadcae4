"""A fleet's rows under way: a disk that takes none ends no fleet, and what it takes later is written then."""

from chaos_pizza.fleet.row import ShopRow
from chaos_pizza.fleet_folder import ROWS_NAME, read_rows
from chaos_pizza.runner.fleet_rows import RowBook


def test_rows_are_in_memory_and_on_the_disk_and_the_last_of_a_shop_counts(tmp_path):
    book = RowBook(tmp_path)
    for row in (ShopRow("a", 0), ShopRow("b", 1), ShopRow("a", 0, report="a/d/report.html")):
        book.keep(row)
    assert book.rows == read_rows(tmp_path) == {"a": ShopRow("a", 0, report="a/d/report.html"), "b": ShopRow("b", 1)}
    assert (book.is_whole, book.complaint) == (True, None)


def test_a_row_that_can_t_be_written_is_kept_and_written_once_that_is_possible(tmp_path):
    book = RowBook(tmp_path)
    (tmp_path / ROWS_NAME).mkdir()
    book.keep(ShopRow("a", 5))
    book.keep(ShopRow("b", 0))
    assert book.rows == {"a": ShopRow("a", 5), "b": ShopRow("b", 0)}
    assert not book.is_whole
    assert book.complaint == f"what came of a can't be written to {tmp_path}: Is a directory"
    (tmp_path / ROWS_NAME).rmdir()
    book.write()
    assert book.is_whole
    assert read_rows(tmp_path) == book.rows
