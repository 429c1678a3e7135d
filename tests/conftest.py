"""One thread for the matrices of numpy: those here are small, and threads that wait for each other take the cores from
the other test processes. Set before numpy is loaded; processes that a test starts inherit it.
"""

import os

from hypothesis import settings

os.environ.setdefault("OPENBLAS_NUM_THREADS", "1")
settings.register_profile("no deadline", deadline=None)  # of 200 ms, which a busy machine misses
settings.load_profile("no deadline")
