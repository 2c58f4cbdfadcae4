"""What a fleet's processes are forked from: all that a drill, its watchdog and its report need is loaded here, once.

The fork server (`multiprocessing`) imports this before it forks anything. It has one thread, no loop and no secret:
what another thread holds at a fork, a lock say, nobody in the forked process would ever let go.
"""

import importlib
import os

# Before numpy is loaded, whose arithmetic would start a thread for each processor else. No drill has use for them.
os.environ.update(dict.fromkeys(("OPENBLAS_NUM_THREADS", "OMP_NUM_THREADS", "MKL_NUM_THREADS"), "1"))

from chaos_pizza.model.conversion import to_mapping
from chaos_pizza.model.settings import Budgets

_NEEDED = (
    *("chaos_pizza.runner.fleet_drill", "chaos_pizza.runner.fleet_reports", "chaos_pizza.controls.drill"),
    *("chaos_pizza.probes", "chaos_pizza.actions", "chaos_pizza.watchdog.process", "chaos_pizza.drawing"),
    *("chaos_pizza.clients.services", "chaos_pizza.journal.reader", "chaos_pizza.report.charts.drill"),
    *("chaos_pizza.report.lead", "chaos_pizza.report.markdown", "chaos_pizza.report.page"),
)
_LOADED_LATE = (
    *("anyio._backends._asyncio", "chaos_pizza.clients.quick_caller", "h11", "httpcore", "httptools"),
    *("cryptography.hazmat.primitives.asymmetric.rsa", "joserfc.jws"),
)
"""What these load in the middle of their work, each in every process; that it is there already is a saving alone."""

for _name in _NEEDED:
    importlib.import_module(_name)
for _name in _LOADED_LATE:
    try:
        importlib.import_module(_name)
    except ImportError:
        continue
# What turns records into mappings takes a tenth of a second to make, and is kept then.
to_mapping(Budgets())
