"""Other programs of the field, where they are installed."""

import importlib
import warnings

import pytest


def peer(name):
    """The module of this name; the test is skipped, by that name, where it cannot be imported."""
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")  # theirs, on being imported
        try:
            return importlib.import_module(name)
        except Exception as error:  # it is not there, or does not go together with what is
            pytest.skip(f"{name} cannot be imported: {error}")
