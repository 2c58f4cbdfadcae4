"""The shop and the factory over HTTP."""

import sys

# httpx brings a command of its own, and what it highlights code with takes longer to load than all the rest of httpx.
# It goes without where that can't be imported, which is what `None` stands for here.
sys.modules.setdefault("httpx._main", None)  # type: ignore[arg-type]
