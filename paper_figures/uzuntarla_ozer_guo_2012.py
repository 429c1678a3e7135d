"""After Uzuntarla, Ozer and Guo (2012): how late and how precise is the first spike if background synapses fail?

Uzuntarla, Ozer and Guo, Eur. Phys. J. B 85, 282 (2012): a Hodgkin-Huxley neuron under a suprathreshold periodic current
and the Poisson spikes of an excitatory and an inhibitory population, each transmitted with probability p.

Stated (read in the abstract): an intermediate p significantly increases the latency of the first spike and its jitter;
the input regime and the excitatory coupling strength control this. The parameters could not be read. Ours are the
question's: n = 4000 and 1000, 10 Hz, weights G and -K G (mV), mean 0 at K = 4; and a current 4 sin(2 pi t / 50 ms)
uA/cm2 from rest at I = 0 (E_L = -54.387 mV), which a spike at 9.90 ms answers. The claim must hold for any stimulus
just above the threshold: weak noise lets the first period pass without a spike, strong noise fires by itself.

Here: kappa_1 = p G (40 - 10 K), kappa_2 = p G^2 (40 + 10 K^2), per ms; diffusion with these (Euler-Maruyama, dt = 0.01
ms). (a, b) K = 4; (c) G = 0.1; (d) G = 0.1, K = 4, and 100 neurons with weights sqrt(50) times as large, of the same
kappa_1 and kappa_2. Rings: maxima. K = 4: latency 18.0 [17.1, 19.1], 18.1 [17.1, 19.1], 17.9 ms [17.0, 19.0] at p = 1,
0.44, 0.13 for G = 0.05, 0.1, 0.2 by jumps, 18.0, 18.3, 18.3 by diffusion, jitter 18 to 19 ms. K = 3.5: 16.0 [15.2,
16.9]; K = 4.5: 20.2 [19.2, 21.3]. 100 neurons: 16.6 [15.7, 17.6] at 0.67.

Difference: none in the claims. With 5000 neurons the intervals of both models overlap nearly everywhere; with 100, few
strong inhibitory jumps of the same variance delay less: 13.2 ms [12.5, 13.9] at p = 0.13 instead of 16.8 [16.0, 17.8].
No interval is drawn in b that spans a factor of ten: there one or two of 1500 trials missed the first period.

    python paper_figures/uzuntarla_ozer_guo_2012.py --quick --out out
"""

from collections import namedtuple
from dataclasses import asdict, dataclass
from math import pi, sin
from typing import ClassVar

import numpy as np
from matplotlib.lines import Line2D

import stochhh as sh
from stochhh.plotting import GREY, PAGE, against, journal, legend_above, letter, new_figure
from stochhh.script import main, save_figure
from stochhh.statistics import jitter, latency

MARKERS = {0.05: "o", 0.1: "s", 0.2: "^", 3.5: "D", 4: "s", 4.5: "v"}  # of G (mV) and of K
Parameters = namedtuple("Parameters", "g_Na g_K g_L I_app E_Na E_K E_L phi amplitude omega")
unforced, its_membrane_rate = sh.HodgkinHuxley.vector_field, sh.HodgkinHuxley.membrane_rate


def vector_field(x, p):
    """The neuron with a sine in its current, whose phase is a state variable."""
    V, m, h, n, phase = x
    dV, dm, dh, dn = unforced((V, m, h, n), p)
    return dV + p.amplitude * sin(phase), dm, dh, dn, p.omega


def membrane_rate(x, p):
    return its_membrane_rate(x[:4], p)


@dataclass(frozen=True)
class Forced:
    """A Hodgkin-Huxley neuron (1 uF/cm2) at rest, and from time 0 on amplitude * sin(2 pi t / period)."""

    amplitude: float = 4.0  # uA/cm2
    period: float = 50.0  # ms
    name: ClassVar[str] = "forced-hodgkin-huxley"
    variables: ClassVar[tuple] = (*sh.HodgkinHuxley.variables, "phase")
    ranges: ClassVar[tuple] = (*sh.HodgkinHuxley.ranges, (0.0, 1e6))
    scales: ClassVar[tuple] = (*sh.HodgkinHuxley.scales, 2 * pi)
    threshold: ClassVar[float] = 0.0
    rearm: ClassVar[float] = -30.0
    vector_field: ClassVar = staticmethod(vector_field)
    membrane_rate: ClassVar = staticmethod(membrane_rate)

    def parameters(self):
        return Parameters(*sh.HodgkinHuxley(I_app=0.0).parameters(), self.amplitude, 2 * pi / self.period)

    def initial_state(self):
        return (*sh.HodgkinHuxley(I_app=0.0).rest(), 0.0)

    def as_dict(self):
        return asdict(self)


def background(p, G, K, n):
    g = G * np.sqrt(5000 / n)
    return sh.SynapticInput(
        sh.Population("exc", n=4 * n // 5, rate=10.0, p=p, weight=+g),
        sh.Population("inh", n=n // 5, rate=10.0, p=p, weight=-K * g),
    )


def make(options):
    n_trials = 128 if options.quick else 1500
    p = np.array([0.02, 0.2, 1.0]) if options.quick else np.geomspace(0.005, 1.0, 14)
    rows, found = [], {}
    for G, K, n in ((0.05, 4, 5000), (0.1, 4, 5000), (0.2, 4, 5000), (0.1, 3.5, 5000), (0.1, 4.5, 5000), (0.1, 4, 100)):
        for backend in ("jump", "diffusion")[: 2 if n == 5000 else 1]:
            estimates = []
            for chance in p:
                result = sh.simulate(
                    Forced(), background(chance, G, K, n), backend=backend, duration=1000.0, n_trials=n_trials,
                    seed=options.seed, progress=False,
                )  # fmt: skip
                estimates.append((latency(result.spikes), jitter(result.spikes)))
                about = {"backend": backend, "n_neurons": n, "G": G, "K": K, "p": chance}
                rows += [about | {"statistic": estimate.name} | estimate.as_dict() for estimate in estimates[-1]]
            found[backend, G, K, n] = p, *zip(*estimates, strict=True)
            longest = max((pair[0] for pair in estimates), key=lambda estimate: estimate.value or 0.0)
            print(f"{backend}, {n} neurons, G = {G}, K = {K}, longest: {longest}")
    quiet = sh.simulate(Forced(), sh.SynapticInput(), backend="jump", duration=50.0, seed=0, progress=False)
    save_figure(drawn(found, quiet.spikes.time[0]), options, "uzuntarla_ozer_guo_2012", rows)


def drawn(found, quiet):
    with journal():
        figure = new_figure(PAGE, 115.0)
        a, b, c, d = axes = figure.subplots(2, 2).ravel()
        for (backend, G, K, n), (p, latencies, jitters) in found.items():
            if (K, n) == (4, 5000):
                line(a, p, latencies, backend, MARKERS[G])
                line(b, p, jitters, backend, MARKERS[G])
            if (G, n) == (0.1, 5000):
                line(c, p, latencies, backend, MARKERS[K])
            if (G, K) == (0.1, 4):
                line(d, p, latencies, backend, "P" if n == 100 else "s", **{"ls": ":"} if n == 100 else {})
        for ax, text in zip(axes, "abcd", strict=True):
            ax.set(xscale="log", xlabel="Probability of transmission, $p$", xlim=(p[0] / 1.1, 1.1))
            ax.set(ylabel="Jitter (ms)", ylim=(0, 22)) if ax is b else ax.set(ylabel="Latency (ms)", ylim=(7, 22))
            ax.xaxis.set_major_formatter("{x:g}")
            if ax is not b:
                ax.axhline(quiet, color="black", lw=0.6)
                ax.annotate("no background", (0.1, quiet), (0, -3), textcoords="offset points", ha="center", va="top")
            letter(ax, text, 28)
        for ax, said in ((a, "$G$ = {:g} mV"), (b, "$G$ = {:g} mV"), (c, "$K$ = {:g}")):
            values = [x for x in MARKERS if (x > 1) == (ax is c)]
            marks = [Line2D([], [], marker=MARKERS[x], ls="none", color=GREY, ms=3) for x in values]
            legend_above(ax, marks, [said.format(x) for x in values], handlelength=1.0)
        legend_above(d, [d.lines[0], d.lines[-3]], ["$N$ = 5000", "$N$ = 100"])
        figure.legend(a.lines[0:4:2], ("jump", "diffusion"), loc="outside upper center", ncols=2)
    return figure


def line(ax, p, estimates, backend, marker, **look):
    """A curve, and a ring around its maximum."""
    # a single late trial among all tells the order of the jitter at best
    sharp = [e if e.low and e.high < 10 * e.low else e.without_interval("one late trial") for e in estimates]
    against(p, sharp, ax, backend=backend, **{"marker": marker, "ms": 2.5} | look)
    values = np.array([estimate.value for estimate in estimates], dtype=float)
    most = np.nanargmax(values)
    ax.plot(p[most], values[most], "o", ms=6.5, mfc="none", mec="black", mew=0.6, zorder=5, clip_on=False)


if __name__ == "__main__":
    main(make, __doc__)
