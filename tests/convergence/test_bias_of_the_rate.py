"""The biases in docs/schemes.json against a second way to find them: every scheme and step on one set of paths.

Those come from independent runs; here the difference from the converged rate is small on each path. For that rate
stands the scheme of the smallest bias at its finest step.

Would catch: figures that no longer belong to the schemes, a bias that all long runs of the document share.
"""

import json
from functools import cache
from pathlib import Path
from tempfile import TemporaryDirectory

import numpy as np
import pytest
from scipy import stats
from shared_path import SUMMED, TOO_WIDE, simulated

import stochhh as sh
from stochhh import examples

TABLE = Path(__file__).parents[2] / "docs" / "schemes.json"
FINEST = 0.01
RUN = {"finest": FINEST, "duration": 5_200.0, "transient": 200.0, "n_trials": 512}
ERROR = 1e-6


@cache
def counts(scheme, factor, fault=SUMMED):
    """Spikes of each path of the original problem."""
    with TemporaryDirectory() as folder:
        question = sh.Experiment.load(examples.write("question", folder))
    return simulated(question.neuron, question.drive, scheme, factor, fault, **RUN).spikes.counts()


def distance(scheme, factor, fault=SUMMED):
    """(difference from the table in standard errors, standard error) of the relative bias."""
    converged = counts("sra1", 1)
    lost = (counts(scheme, factor, fault) - converged) / converged.mean()
    rows = json.loads(TABLE.read_text())["examples"][0]["rows"]
    points = next(row["bias"]["rate"] for row in rows if row["scheme"] == scheme)
    value, error = points[f"{factor * FINEST:g}"]
    own = lost.std(ddof=1) / lost.size**0.5
    print(f"{scheme} {factor * FINEST:g} ms: {100 * lost.mean():.3f} +- {100 * own:.3f} %, not {100 * value:.3f}")
    return (lost.mean() - value) / np.hypot(own, error), np.hypot(own, error)


@pytest.mark.slow
@pytest.mark.parametrize(
    ("scheme", "factor"),
    [("euler-maruyama", 1), ("euler-maruyama", 2), ("heun", 5), ("splitting", 5), ("splitting", 10), ("sra1", 5)],
)
def test_the_table_holds_on_shared_paths(scheme, factor):
    off, error = distance(scheme, factor)
    assert error < 2.5e-3, "more paths"
    assert abs(off) < stats.norm.isf(ERROR / 2)


@pytest.mark.slow
def test_a_planted_fault_is_seen():
    """Noise that is 1 % too strong."""
    off, _ = distance("sra1", 5, TOO_WIDE)
    assert abs(off) > stats.norm.isf(ERROR / 2)
