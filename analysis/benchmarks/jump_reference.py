"""The exact flow that jump_frontier.py holds spike times against: what stands for it, its own error, the verge."""

from typing import NamedTuple

import numpy as np
from jump_methods import REARM, START, THRESHOLD, rk4, slope, spikes_between
from scipy.integrate import solve_ivp

from stochhh.noise.merged import poisson_events

FINE = 0.004  # longest step of the reference, ms
LARGER, VERGE, NEAREST = 1 + 1e-6, 1e-3, 2.0  # of the weights; ms; ms
EXACT = {"method": "DOP853", "rtol": 1e-12, "atol": 1e-13}


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
