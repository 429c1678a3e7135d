"""No statistic, interval, verdict, event or spike has moved: see `tables`.

Would catch: any change of a number that was not meant.
"""

import json

import numpy as np
import pytest
import runs_table
import statistics_table
from tables import differing


@pytest.mark.parametrize("table", [statistics_table, runs_table], ids=["statistics", "runs"])
def test_the_table_is_that_of_the_last_version(table):
    found, kept = table.table(), json.loads(table.TABLE.read_text())
    assert list(found) == list(kept)
    assert differing(found, kept) == []


def test_an_entry_that_moved_is_seen():
    kept = {"rate": [1.0, None, [True, 2.0]]}
    for wrong in ([1.00001, None, [True, 2.0]], [1.0, 0.0, [True, 2.0]], [1.0, None, [1.0, 2.0]], [1.0, None, [True]]):
        assert differing({"rate": wrong}, kept) == ["rate"]
    assert differing({"rate": [np.nextafter(1.0, 2), None, [True, 2.0]]}, kept) == [] != differing({}, kept)
