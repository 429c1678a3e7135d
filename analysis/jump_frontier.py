"""How far are spike times from those of the exact flow, and what does that cost? The frontier of the jump backend.

All methods see the same events. The reference is plain RK4 from event to event by steps of at most 0.004 ms, itself
held here against scipy's DOP853 (rtol 1e-12, one call an event) on some of the trials. A reference spike counts as on
the verge between a spike and none, and is named and left out of the errors, if weights larger by a millionth move it by
more than 1e-3 ms, or away altogether. A spike of a method belongs to the reference spike within 2 ms; what is left over
on either side is counted as lost or extra.

    splitting, heun, rk3, rk4      from event to event, in equal steps of at most h
    path mean, path line, path     RK4 by steps of h with all their events inside: stage values of L by the first, the
                                   first two, or all three of the conditions of stochhh/backends/kernels/path.py
    jump                           the backend, by tolerance, with the constants of its rule as they are, and others;
                                   its cost in processor time on one core, the least of five runs (of three)

    python analysis/jump_frontier.py --out docs                  a quarter of an hour on one core
    python analysis/jump_frontier.py --quick --out out/frontier  four minutes, with fewer spikes

It prints the tables (error, and in brackets slopes or ns an event; a dagger where spikes are lost or extra), and writes
jump_frontier.json, jump_frontier.md, jump_frontier.png and jump_frontier.pdf.
"""

import argparse
import json
import math
import platform
import time
from contextlib import contextmanager
from importlib.metadata import version
from pathlib import Path
from typing import NamedTuple

import numpy as np
from matplotlib.ticker import LogLocator, NullFormatter
from numba import njit
from scipy.integrate import solve_ivp

import stochhh as sh
from stochhh.backends import jump
from stochhh.inputs.events import poisson_events
from stochhh.plotting import colour_of, save
from stochhh.plotting.style import PAGE, journal, letter, new_figure

I_APP, START, THRESHOLD, REARM = 3.0, (-65.0, 0.05, 0.6, 0.32), 0.0, -30.0
NEURON = sh.HodgkinHuxley(I_app=I_APP, initial=START, threshold=THRESHOLD, rearm=REARM)
FINE = 0.004  # longest step of the reference, ms
LARGER, VERGE, NEAREST = 1 + 1e-6, 1e-3, 2.0  # of the weights; ms; ms
EXACT = {"method": "DOP853", "rtol": 1e-12, "atol": 1e-13}
TOLERANCES = (1e-2, 3e-3, 1e-3, 3e-4, 1e-4, 1e-5)  # ms
LENGTHS = (0.1, 0.05, 0.025, 0.0125, 0.00625)  # h of the path methods, ms
CONSTANTS = ("_LENGTH", "_ROUGHNESS", "_DISAGREEMENT")  # of stochhh/backends/jump.py
RULES = (
    (3.5, 0.01, 0.15), (6.0, 0.012, 0.2), (10.0, 0.01, 0.15), (5.0, 0.015, 0.25), (6.0, 0.03, 0.2), (7.0, 0.02, 0.3),
    (7.0, 0.02, 0.6), (10.0, 0.03, 1.0),
)  # fmt: skip


class Input(NamedTuple):
    """A drive, and how much of it is simulated."""

    name: str
    drive: sh.SynapticInput
    n_trials: int
    duration: float  # ms
    checked: tuple  # (trials, ms) that DOP853 follows
    gaps: tuple  # h of the methods that go from event to event, ms
    timed: int  # trials of the run whose time is taken


def balanced(n, weight):
    """4 n excitatory neurons at 10 Hz, p = 0.5, and n inhibitory ones of four times the weight."""
    return sh.SynapticInput(
        sh.Population("exc", n=4 * n, rate=10.0, weight=weight, p=0.5),
        sh.Population("inh", n=n, rate=10.0, weight=-4 * weight, p=0.5),
    )


INPUTS = (
    Input("question, 0.5 events/ms", balanced(20, 1.0), 40, 2000.0, (4, 1000.0), (0.1, 0.05, 0.025, 0.0125), 1024),
    Input("cortex-5000, 25 events/ms", balanced(1000, 0.1), 150, 2000.0, (2, 1000.0), (0.1, 0.05, 0.025, 0.0125), 256),
    Input("dense, 1000 events/ms", balanced(40_000, 0.1 / 40**0.5), 40, 2000.0, (1, 150.0), (0.1,), 64),
)


# --- The neuron, from the textbook -----------------------------------------------------------------------------------


@njit
def rates(V):
    """alpha_m, beta_m, alpha_h, beta_h, alpha_n, beta_n, as the paper prints them."""
    a, b = (V + 40.0) / 10.0, (V + 55.0) / 10.0
    alpha_m = a / -math.expm1(-a) if a != 0 else 1.0
    alpha_n = 0.1 * (b / -math.expm1(-b)) if b != 0 else 0.1
    beta_m, beta_n = 4.0 * math.exp(-(V + 65.0) / 18.0), 0.125 * math.exp(-(V + 65.0) / 80.0)
    alpha_h, beta_h = 0.07 * math.exp(-(V + 65.0) / 20.0), 1.0 / (1.0 + math.exp(-(V + 35.0) / 10.0))
    return alpha_m, beta_m, alpha_h, beta_h, alpha_n, beta_n


@njit
def slope(x):
    V, m, h, n = x
    am, bm, ah, bh, an, bn = rates(V)
    ionic = 120.0 * m**3 * h * (V - 50.0) + 36.0 * n**4 * (V + 77.0) + 0.3 * (V + 54.387)
    return I_APP - ionic, am * (1 - m) - bm * m, ah * (1 - h) - bh * h, an * (1 - n) - bn * n


@njit
def along(x, a, k):
    return x[0] + a * k[0], x[1] + a * k[1], x[2] + a * k[2], x[3] + a * k[3]


@njit
def moved(x, jump):
    return x[0] + jump, x[1], x[2], x[3]


# --- From event to event ---------------------------------------------------------------------------------------------


@njit
def half_of_V(x, h):
    """V for half of h with the gates held."""
    V, m, hh, n = x
    g_Na, g_K = 120.0 * m**3 * hh, 36.0 * n**4
    g = g_Na + g_K + 0.3
    rest = (I_APP + 50.0 * g_Na - 77.0 * g_K - 54.387 * 0.3) / g
    return rest + (V - rest) * math.exp(-0.5 * h * g), m, hh, n


@njit
def splitting(x, h):
    """V for h/2 with the gates held, the gates for h with V held, V for h/2: each solved exactly (Strang)."""
    V, m, hh, n = half_of_V(x, h)
    am, bm, ah, bh, an, bn = rates(V)
    m = am / (am + bm) + (m - am / (am + bm)) * math.exp(-h * (am + bm))
    hh = ah / (ah + bh) + (hh - ah / (ah + bh)) * math.exp(-h * (ah + bh))
    n = an / (an + bn) + (n - an / (an + bn)) * math.exp(-h * (an + bn))
    return half_of_V((V, m, hh, n), h)


@njit
def heun(x, h):
    a = slope(x)
    b = slope(along(x, h, a))
    return along(along(x, h / 2, a), h / 2, b)


@njit
def rk3(x, h):
    """Kutta's."""
    a = slope(x)
    b = slope(along(x, h / 2, a))
    c = slope(along(along(x, -h, a), 2 * h, b))
    return along(along(along(x, h / 6, a), 2 * h / 3, b), h / 6, c)


@njit
def rk4(x, h):
    a = slope(x)
    b = slope(along(x, h / 2, a))
    c = slope(along(x, h / 2, b))
    d = slope(along(x, h, c))
    return along(along(along(along(x, h / 6, a), h / 3, b), h / 3, c), h / 6, d)


@njit
def crossing(x, h):
    """The part of a step, in ms, after which V crosses the threshold: by bisection of RK4 steps."""
    low, high = 0.0, h
    for _ in range(45):
        middle = (low + high) / 2
        if rk4(x, middle)[0] >= THRESHOLD:
            high = middle
        else:
            low = middle
    return high


@njit
def from_event_to_event(step, x, t, times, jumps, end, longest, armed, spikes):
    """Follow the neuron to `end`, and note its spikes; returns (state, steps, whether it is armed)."""
    steps = 0
    for e in range(times.size + 1):
        until = times[e] if e < times.size else end
        parts = math.ceil((until - t) / longest)
        h = (until - t) / max(parts, 1)
        for s in range(parts):
            y = step(x, h)
            if armed and y[0] >= THRESHOLD:
                spikes.append(t + s * h + crossing(x, h))
                armed = False
            armed = armed or y[0] < REARM
            x = y
        steps += parts
        t = until
        if e < times.size:
            x = moved(x, jumps[e])
            if armed and x[0] >= THRESHOLD:
                spikes.append(t)
                armed = False
            armed = armed or x[0] < REARM
    return x, steps, armed


# --- With the events inside a step -----------------------------------------------------------------------------------


@njit
def mean(a, d, c, e):
    """(l_1, m, l_4) from the mean of the path alone."""
    return a, a, a


@njit
def line(a, d, c, e):
    """From the straight line of the same mean and slope."""
    return a - 3 * d, a, a + 3 * d


@njit
def all_three(a, d, c, e):
    """From the second moment of the path too."""
    root = math.sqrt(max(0.5 * (c - a * a - 3 * d * d), 0.0))
    m = a - root if e > 0 else a + root
    return 3 * (a - d) - 2 * m, m, 3 * (a + d) - 2 * m


@njit
def integrals(t, h, times, jumps):
    """a, d, c, e of the path over a step, its end and its largest value; see kernels/path.py."""
    a, d, c, e, end, top = 0.0, 0.0, 0.0, 0.0, 0.0, 0.0
    for i in range(times.size):
        s, w = (times[i] - t) / h, jumps[i]
        r = 1 - s
        a += w * r
        d += w * r * s
        c += w * r * (w + 2 * end)
        e -= w * s * r * (1 - 2 * s)
        end += w
        top = max(top, end)
    return a, d, c, e, end, top


@njit
def over_paths(stages, x, times, jumps, end, length, spikes):
    """Follow the neuron by equal steps that take in whatever events they hold; returns the steps."""
    steps, first, armed = math.ceil(end / length), 0, True
    h = end / steps
    for s in range(steps):
        t, last = s * h, first
        while last < times.size and times[last] <= t + h:
            last += 1
        a, d, c, e, jump, top = integrals(t, h, times[first:last], jumps[first:last])
        l_1, m, l_4 = stages(a, d, c, e)
        k1 = slope(moved(x, l_1))
        k2 = slope(moved(along(x, h / 2, k1), m))
        k3 = slope(moved(along(x, h / 2, k2), m))
        k4 = slope(moved(along(x, h, k3), l_4))
        y = along(along(along(along(x, h / 6, k1), h / 3, k2), h / 3, k3), h / 6, k4)
        if armed and max(x[0], y[0]) + top >= THRESHOLD:
            _, _, armed = from_event_to_event(rk4, x, t, times[first:last], jumps[first:last], t + h, h, True, spikes)
        x, first = moved(y, jump), last
        armed = armed or x[0] < REARM
    return steps


@njit
def spikes_between(step, times, jumps, end, longest):
    """(spike times, state at the end, steps) from event to event."""
    spikes = [0.0][:0]
    x, steps, _ = from_event_to_event(step, START, 0.0, times, jumps, end, longest, True, spikes)
    return np.array(spikes), x, steps


@njit
def spikes_over(stages, times, jumps, end, length):
    """(spike times, steps) by steps over the events."""
    spikes = [0.0][:0]
    steps = over_paths(stages, START, times, jumps, end, length, spikes)
    return np.array(spikes), steps


BETWEEN = {"splitting": (splitting, 1), "heun": (heun, 2), "rk3": (rk3, 3), "rk4": (rk4, 4)}  # and slopes a step
OVER = {"path mean": (mean, 4), "path line": (line, 4), "path": (all_three, 4)}


# --- The reference ---------------------------------------------------------------------------------------------------


def followed_by_scipy(times, jumps, end):
    """(spike times, state at the end) by DOP853, one call from event to event."""

    def field(_, x):
        return np.array(slope(tuple(x)))

    def above(_, x):
        return x[0] - THRESHOLD

    above.direction = 1.0
    x, t, armed, spikes = np.array(START), 0.0, True, []
    for event, weight in [*zip(times, jumps, strict=True), (end, 0.0)]:
        h = event - t
        watch = above if armed else None
        leg = solve_ivp(field, (t, event), x, **EXACT, first_step=min(h, 0.02), max_step=0.05, events=watch)
        x, since, t = leg.y[:, -1] + (weight, 0.0, 0.0, 0.0), t, event
        if watch and leg.t_events[0].size:
            since = leg.t_events[0][0]
            spikes.append(since)
            armed = False
        armed = armed or leg.y[0, leg.t >= since].min() < REARM
        if armed and x[0] >= THRESHOLD:
            spikes.append(event)
            armed = False
        armed = armed or x[0] < REARM
    return np.array(spikes), x


def check_of_reference(case, seed):
    """What separates the reference from DOP853: largest differences of spike times, ms, and of the last V, mV."""
    n, end = case.checked
    events = poisson_events(case.drive, duration=end, seed=seed, trials=range(n))
    spikes, V, count = 0.0, 0.0, 0
    for k in range(n):
        exact, last = followed_by_scipy(*events.of(k), end)
        found, state, _ = spikes_between(rk4, *events.of(k), end, FINE)
        assert found.size == exact.size, f"{case.name}, trial {k}: the reference has {found.size}, not {exact.size}"
        count += exact.size
        spikes = max(spikes, np.abs(found - exact).max(initial=0.0))
        V = max(V, abs(state[0] - last[0]))
    return {"trials": n, "duration": end, "spikes": count, "spike_time": float(spikes), "V": float(V)}


# --- Errors ----------------------------------------------------------------------------------------------------------


def matched(found, exact):
    """The difference of each exact spike from the one found within NEAREST of it, NaN where there is none."""
    errors = np.full(exact.size, np.nan)
    for i, spike in enumerate(exact):
        if found.size:
            difference = found[np.argmin(np.abs(found - spike))] - spike
            errors[i] = difference if abs(difference) <= NEAREST else np.nan
    return errors


class Course(NamedTuple):
    """What the exact flow does in one trial."""

    spikes: np.ndarray  # ms
    verge: np.ndarray  # whether each is on the verge between a spike and none


def reference(times, jumps, end):
    """The Course of one trial."""
    spikes, _, _ = spikes_between(rk4, times, jumps, end, FINE)
    heavier, _, _ = spikes_between(rk4, times, jumps * LARGER, end, FINE)
    return Course(spikes, ~(np.abs(matched(heavier, spikes)) <= VERGE))


def judged(found, courses):
    """Errors of all trials together."""
    errors, lost, extra = [], 0, 0
    for mine, course in zip(found, courses, strict=True):
        error = matched(mine, course.spikes)
        lost += int(np.sum(np.isnan(error) & ~course.verge))
        extra += mine.size - int(np.sum(~np.isnan(error)))
        errors.append(error[~course.verge & ~np.isnan(error)])
    size = np.abs(np.concatenate(errors))
    return {
        "rms": float(np.sqrt(np.mean(size**2))),
        "median": float(np.median(size)),
        "most": float(np.quantile(size, 0.9)),
        "largest": float(size.max()),
        "lost": lost,
        "extra": extra,
    }


# --- What is run -----------------------------------------------------------------------------------------------------


def methods_of(case):
    """(name, h, function of the events of a trial, slopes a step)"""
    for name, (step, slopes) in BETWEEN.items():
        for h in case.gaps:
            yield name, h, lambda t, w, step=step, h=h: spikes_between(step, t, w, case.duration, h)[::2], slopes
    for name, (stages, slopes) in OVER.items():
        for h in LENGTHS:
            yield name, h, lambda t, w, stages=stages, h=h: spikes_over(stages, t, w, case.duration, h), slopes


def measured(case, seed):
    """(courses, rows of the methods)"""
    methods, courses, events = list(methods_of(case)), [], 0
    found, steps = [[] for _ in methods], np.zeros(len(methods))
    for k in range(case.n_trials):
        times, jumps = poisson_events(case.drive, duration=case.duration, seed=seed, trials=[k]).of(0)
        courses.append(reference(times, jumps, case.duration))
        events += times.size
        for i, (_, _, follow, _) in enumerate(methods):
            spikes, n = follow(times, jumps)
            found[i].append(spikes)
            steps[i] += n
    rows = [
        {"method": name, "h": h, "slopes_per_event": float(slopes * steps[i] / events)} | judged(found[i], courses)
        for i, (name, h, _, slopes) in enumerate(methods)
    ]
    return courses, rows


def played(case, seed, tolerance, n_trials):
    """The backend on the same events: (spike times by trial, processor time, s)."""
    start = time.process_time()
    run = sh.simulate(
        NEURON, case.drive, backend=sh.Jump(tolerance=tolerance), duration=case.duration, seed=seed,
        n_trials=n_trials, workers=1, progress=False,
    )  # fmt: skip
    spent = time.process_time() - start
    return [run.spikes.of(k) for k in range(n_trials)], spent


def shipped(case, courses, seed, tolerance, repeats=5):
    """Errors and cost of the backend at one tolerance."""
    found, _ = played(case, seed, tolerance, case.n_trials)
    played(case._replace(duration=5.0), seed, tolerance, case.timed)  # compiles
    cost = min(played(case, seed, tolerance, case.timed)[1] for _ in range(repeats))
    events = case.timed * case.duration * case.drive.intensity
    return {"tolerance": tolerance, "ns_per_event": 1e9 * cost / events} | judged(found, courses)


@contextmanager
def rule(values):
    """The constants by which the backend chooses its steps, set to these."""
    kept = current_rule()
    for name, value in zip(CONSTANTS, values, strict=True):
        setattr(jump, name, value)
    try:
        yield
    finally:
        for name, value in zip(CONSTANTS, kept, strict=True):
            setattr(jump, name, value)


def current_rule():
    return tuple(getattr(jump, name) for name in CONSTANTS)


def rules(case, courses, seed):
    """The backend with other constants."""
    for values in RULES:
        for tolerance in (1e-3, 1e-4):
            with rule(values):
                yield {"rule": values} | shipped(case, courses, seed, tolerance, repeats=3)


def examined(case, options):
    """All about one input."""
    if options.quick:
        checked, timed = (1, case.checked[1] / 4), max(case.timed // 4, 64)
        case = case._replace(n_trials=max(case.n_trials // 10, 8), checked=checked, timed=timed)
    start = time.perf_counter()
    check = check_of_reference(case, options.seed)
    courses, rows = measured(case, options.seed)
    verge = [(k, float(t)) for k, course in enumerate(courses) for t in course.spikes[course.verge]]
    made = {
        "name": case.name,
        "events_per_ms": case.drive.intensity,
        "trials": case.n_trials,
        "duration": case.duration,
        "spikes": sum(course.spikes.size for course in courses),
        "verge": verge,
        "reference": check,
        "methods": rows,
        "jump": [shipped(case, courses, options.seed, tolerance) for tolerance in TOLERANCES],
        "rules": list(rules(case, courses, options.seed)),
    }
    return made | {"seconds": time.perf_counter() - start}


# --- Table and figure ------------------------------------------------------------------------------------------------


def tables(made):
    """In Markdown."""
    for case in made["inputs"]:
        check = case["reference"]
        yield (
            f"\n**{case['name']}**: {case['spikes']} spikes in {case['trials']} trials of {case['duration']:g} ms, "
            f"{len(case['verge'])} of them on the verge{named(case['verge'])}. The reference is within "
            f"{check['spike_time']:.0e} ms of DOP853 in {check['spikes']} spikes, {check['V']:.0e} mV in the last V.\n"
        )
        yield from table_of_methods(case["methods"])
        yield "\n| tolerance, ms | ns an event | rms, ms | median | 90 % | largest | spikes lost, extra |"
        yield "|---:|---:|---:|---:|---:|---:|---:|"
        for row in case["jump"]:
            sizes = " | ".join(f"{row[key]:.1e}" for key in ("rms", "median", "most", "largest"))
            yield f"| {row['tolerance']:g} | {row['ns_per_event']:.1f} | {sizes} | {row['lost']}, {row['extra']} |"
    yield from table_of_rules(made["inputs"])


def table_of_methods(rows):
    """Error and cost, a line a method and a column an h."""
    lengths = sorted({row["h"] for row in rows}, reverse=True)
    cells = {(row["method"], row["h"]): f"{error(row)} ({short(row['slopes_per_event'])})" for row in rows}
    yield f"| h, ms | {' | '.join(f'{h:g}' for h in lengths)} |"
    yield "|---|" + "---:|" * len(lengths)
    for method in LOOKS:
        yield f"| {method} | {' | '.join(cells.get((method, h), '') for h in lengths)} |"


def table_of_rules(inputs):
    """Error and cost of the backend with other constants, a column an input and tolerance."""
    columns = [(case, tolerance) for tolerance in (1e-3, 1e-4) for case in inputs]
    names = [f"{case['name'].partition(',')[0]}, {tolerance:g}" for case, tolerance in columns]
    yield f"\n| constants | {' | '.join(names)} |"
    yield "|---|" + "---:|" * len(columns)
    for values in RULES:
        cells = []
        for case, tolerance in columns:
            found = [row for row in case["rules"] if tuple(row["rule"]) == values and row["tolerance"] == tolerance]
            cells.append(f"{error(found[0])} ({short(found[0]['ns_per_event'])})")
        yield f"| {', '.join(f'{value:g}' for value in values)} | {' | '.join(cells)} |"


def error(row):
    """The root mean square error, with a dagger where spikes are lost or extra."""
    return f"{row['rms']:.1e}{'†' if row['lost'] or row['extra'] else ''}"


def short(number):
    """Two digits, or all before the point."""
    return f"{number:.0f}" if number >= 10 else f"{number:.2g}"


def named(verge):
    """The spikes on the verge, by trial and time."""
    return f" ({', '.join(f'trial {k} at {t:.1f} ms' for k, t in verge)})" if verge else ""


LOOKS = {
    "splitting": ("#999999", "o"),
    "heun": ("#E69F00", "s"),
    "rk3": ("#CC79A7", "D"),
    "rk4": ("#000000", "^"),
    "path mean": ("#D55E00", "v"),
    "path line": ("#56B4E9", "<"),
    "path": ("#0072B2", "o"),
}


def draw(made, directory):
    """Above, the methods by their slopes an event; below, the backend by its time; a column an input."""
    with journal():
        figure = new_figure(PAGE, 105.0)
        axes = figure.subplots(2, len(made["inputs"]), sharey=True)
        for j, case in enumerate(made["inputs"]):
            for method, (colour, marker) in LOOKS.items():
                rows = [row for row in case["methods"] if row["method"] == method]
                draw_rows(axes[0, j], rows, "slopes_per_event", color=colour, marker=marker, label=method)
            draw_backend(axes[1, j], case["jump"])
            axes[0, j].set_title(case["name"], fontsize=7)
            axes[0, j].set_xlabel("slopes an event")
            axes[1, j].set_xlabel("ns an event")
            for i, rows, cost in ((0, case["methods"], "slopes_per_event"), (1, case["jump"], "ns_per_event")):
                axes[i, j].set(xscale="log", yscale="log", xlim=around([row[cost] for row in rows]), ylim=(1e-10, 1))
                axes[i, j].xaxis.set_major_locator(LogLocator(subs=(1, 2, 5)))
                axes[i, j].xaxis.set_major_formatter("{x:g}")
                axes[i, j].xaxis.set_minor_formatter(NullFormatter())
                letter(axes[i, j], "abcdef"[3 * i + j], 18)
        for ax in axes[:, 0]:
            ax.set_ylabel("error of a spike time (ms)")
        handles, labels = axes[0, 0].get_legend_handles_labels()
        figure.legend(handles, labels, loc="outside upper center", ncols=len(LOOKS))
        return save(figure, directory, "jump_frontier")


def around(costs):
    """Limits of an axis: a decade at least."""
    low, high = min(costs), max(costs)
    wider = max(1.5, (10 * low / high) ** 0.5)
    return low / wider, high * wider


def draw_rows(ax, rows, cost, key="rms", **look):
    """Errors against cost; an open mark where spikes were lost or extra."""
    x, y = [row[cost] for row in rows], [row[key] for row in rows]
    ax.plot(x, y, markersize=3, markeredgewidth=0.6, **look)
    right = [row["lost"] + row["extra"] == 0 for row in rows]
    wrong = [(a, b) for a, b, good in zip(x, y, right, strict=True) if not good]
    if wrong:
        ax.plot(*zip(*wrong, strict=True), linestyle="none", markersize=3, marker=look["marker"], color="w",
                markeredgecolor=look["color"], markeredgewidth=0.6, zorder=3)  # fmt: skip


def draw_backend(ax, rows):
    """Rms with the tolerance beside it, median and 90 %."""
    colour = colour_of("jump")
    draw_rows(ax, rows, "ns_per_event", color=colour, marker="o", label="rms")
    for key, dashes in (("median", (0, (1, 1))), ("most", (0, (4, 2)))):
        ax.plot([row["ns_per_event"] for row in rows], [row[key] for row in rows], color=colour, linestyle=dashes)
    if rows[-1]["ns_per_event"] > 1.2 * rows[0]["ns_per_event"]:
        for row in rows:
            place = row["ns_per_event"], row["rms"]
            ax.annotate(f"{row['tolerance']:g}", place, (3, 2), textcoords="offset points", fontsize=6)


def machine():
    """Where the costs were measured."""
    packages = {name: version(name) for name in ("stochhh", "numpy", "numba", "scipy")}
    try:
        lines = Path("/proc/cpuinfo").read_text().splitlines()
        processor = next(line.partition(": ")[2] for line in lines if line.startswith("model name"))
    except (OSError, StopIteration):
        processor = platform.processor()
    return {"processor": processor, "python": platform.python_version(), **packages}


def main():
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--quick", action="store_true", help="a tenth of the trials")
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--out", type=Path, default=Path("out/frontier"))
    options = parser.parse_args()
    options.out.mkdir(parents=True, exist_ok=True)
    made = {"seed": options.seed, "quick": options.quick, "rule": current_rule(), "machine": machine()}
    made["inputs"] = [examined(case, options) for case in INPUTS]
    (options.out / "jump_frontier.json").write_text(json.dumps(made, indent=1) + "\n")
    text = "\n".join(tables(made)).strip() + "\n"
    (options.out / "jump_frontier.md").write_text(text)
    print(text)
    for path in draw(made, options.out):
        print(path)


if __name__ == "__main__":
    main()
