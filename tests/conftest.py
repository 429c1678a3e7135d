"""One thread for the matrices of numpy: those here are small, and threads that wait for each other take the cores from
the other test processes. Set before numpy is loaded; processes that a test starts inherit it.
"""

import os

os.environ.setdefault("OPENBLAS_NUM_THREADS", "1")
