"""The rows of a fleet under way: in memory, and on the disk as far as it takes them."""

from dataclasses import dataclass, field
from pathlib import Path

from chaos_pizza.errors import UsageError
from chaos_pizza.fleet.row import ShopRow
from chaos_pizza.fleet_folder import note_row


@dataclass(slots=True)
class RowBook:
    """Keeps what came of each shop in a fleet's folder; a disk that takes no row ends no fleet.

    `rows` are all that are known, by the names of their shops. `complaint` is the first failure to write one, `None`
    while there was none.
    """

    folder: Path
    rows: dict[str, ShopRow] = field(default_factory=dict)
    complaint: str | None = None
    _unwritten: dict[str, ShopRow] = field(default_factory=dict)

    @property
    def is_whole(self) -> bool:
        """Whether all rows are on the disk."""
        return not self._unwritten

    def keep(self, row: ShopRow) -> None:
        """Keep what came of a shop, in place of what was known of it."""
        self.rows[row.shop] = self._unwritten[row.shop] = row
        self.write()

    def write(self) -> None:
        """Write what is not written yet."""
        try:
            for shop in list(self._unwritten):
                note_row(self.folder, self._unwritten[shop])
                del self._unwritten[shop]
        except UsageError as error:
            self.complaint = self.complaint or str(error)
