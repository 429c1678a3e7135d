"""What several files of unit tests begin with."""

import pytest

from stochhh import examples


@pytest.fixture
def folder(tmp_path, monkeypatch):
    """A folder to work in, with the original problem."""
    monkeypatch.chdir(tmp_path)
    examples.write("question")
    return tmp_path
