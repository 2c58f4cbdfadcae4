"""The promise that calm comes back, as it lies on the disk while a drill is under way."""

from dataclasses import dataclass
from datetime import datetime


@dataclass(frozen=True, slots=True)
class Lease:
    """A drill whose calm is owed; it ends only when calm is proven.

    It holds no secret: whoever takes it up finds those by the target's name, as the drill did. `folder` is the drill's
    own, `shop_too` says that the shop's own chaos is to be turned off as well, `ephemeral` that shop and factory are a
    sandbox of the drill's own, which ends with it.
    """

    drill_id: str
    folder: str
    target_name: str
    shop_url: str
    factory_url: str
    shop_too: bool
    ephemeral: bool
    armed_at: datetime
    runner_pid: int
