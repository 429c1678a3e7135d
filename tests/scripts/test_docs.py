"""The Python of a page of the guide runs as it stands, and says what the page says.

Would catch: an interface changed and its guide left behind.
"""

import re
from pathlib import Path

import numpy as np
import pytest

DOCS = Path(__file__).parents[2] / "docs"


def blocks(page):
    """The Python of a page."""
    return re.findall(r"^```python\n(.*?)^```", (DOCS / page).read_text(encoding="utf-8"), re.DOTALL | re.MULTILINE)


@pytest.mark.slow
def test_your_own_neuron(tmp_path, monkeypatch):
    """One script, in a module of its own, as a reader would have it."""
    file = tmp_path / "erisir.py"
    file.write_text("\n".join(blocks("your-own-neuron.md")), encoding="utf-8")
    monkeypatch.syspath_prepend(tmp_path)
    import erisir

    assert erisir.jump.spikes.counts().mean() > 5 and erisir.slow.n_trials == 1
    assert erisir.periods(7.0)[-1] == pytest.approx(16.035, abs=0.001) and erisir.periods(6.0).size == 0
    assert erisir.sh.theory.fixed_point(erisir.neuron, erisir.sh.SynapticInput())[0] == pytest.approx(-50.81, abs=0.01)
    assert erisir.plain.size == erisir.compiled.size >= 2
    assert np.max(np.abs(erisir.plain - erisir.compiled)) < 1e-3
    assert len(erisir.neuron.currents(*erisir.neuron.initial_state())) == 3
