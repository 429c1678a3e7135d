"""A plugin of pytest: which functions of the package each test enters; and a run of chosen tests in a chosen order.

    REACH_OUT=map.json PYTHONPATH=tests/mutation python -m pytest -p reach tests/unit

writes test -> [seconds, [path:function, ...]]. Functions that run compiled are not seen. With REACH_RUN=list.json only
the tests of that list run, in its order.
"""

import json
import os
import sys
import threading
import time
from pathlib import Path

import pytest

_OUT, _RUN = os.environ.get("REACH_OUT"), os.environ.get("REACH_RUN")
_ROOT = str(Path.cwd()) + os.sep
_tests, _of_file = {}, {}
_entered = set()


def _profile(frame, event, _):
    if event == "call" and frame.f_code.co_filename.startswith(_ROOT):
        _entered.add(frame.f_code)


class _Watched:
    """Collects into `into` the names of the functions that are entered."""

    def __init__(self, into):
        self.into = into

    def __enter__(self):
        _entered.clear()
        threading.setprofile(_profile)
        sys.setprofile(_profile)

    def __exit__(self, *_):
        sys.setprofile(None)
        threading.setprofile(None)
        for code in _entered:
            path = code.co_filename.removeprefix(_ROOT)
            if not path.startswith("tests" + os.sep):
                name = code.co_qualname.split(".<locals>")[0]
                self.into.add(f"{path}:{'' if name.startswith('<') else name}")


@pytest.hookimpl(wrapper=True)
def pytest_make_collect_report(collector):
    if not _OUT or not isinstance(collector, pytest.Module):
        return (yield)
    with _Watched(_of_file.setdefault(collector.nodeid, set())):
        return (yield)


@pytest.hookimpl(wrapper=True)
def pytest_runtest_protocol(item):
    if not _OUT:
        return (yield)
    found, start = set(), time.perf_counter()
    with _Watched(found):
        result = yield
    _tests[item.nodeid] = [round(time.perf_counter() - start, 3), found]
    return result


def pytest_collection_modifyitems(config, items):
    if _RUN:
        order = {test: i for i, test in enumerate(json.loads(Path(_RUN).read_text()))}
        config.hook.pytest_deselected(items=[item for item in items if item.nodeid not in order])
        items[:] = sorted((item for item in items if item.nodeid in order), key=lambda item: order[item.nodeid])


def pytest_sessionfinish():
    if _OUT:
        known = json.loads(Path(_OUT).read_text()) if Path(_OUT).exists() else {}
        for test, (seconds, found) in _tests.items():
            known[test] = [seconds, sorted(found | _of_file.get(test.split("::")[0], set()))]
        Path(_OUT).write_text(json.dumps(known))
