"""All statistics and curves of a few trains and potentials that no random numbers make: see `tables`."""

from pathlib import Path

import numpy as np
from scipy import stats
from tables import written

import stochhh as sh
from stochhh import statistics as st

TABLE = Path(__file__).with_suffix(".json")
GOLDEN = (5**0.5 - 1) / 2

SCALARS = (
    "rate", "isi_mean", "cv", "cv2", "lv", "lvr", "isi_skewness", "isi_kurtosis", "fano_factor", "log_isi_mean",
    "log_isi_sd", "spectrum_at_zero", "renewal_limit", "response_probability", "latency", "jitter", "latency_median",
)  # fmt: skip
NOT_BOOTSTRAPPED = ("spectrum_at_zero", "renewal_limit", "response_probability", "latency_median")
MOMENTS = ("mean", "variance", "skewness", "kurtosis")


def trains(law, n_trials, window=(10.0, 310.0), start=0, speed=lambda k: 1.0):
    """ISIs at evenly spread quantiles of a law, in an order that looks random; trial k is `speed(k)` times as fast."""
    times = []
    for k in range(n_trials):
        part = ((start + 61 * k + np.arange(1, 400)) * GOLDEN) % 1
        time = np.cumsum(law.ppf(part)) / speed(k)
        times.append(time[time < window[1]])
    trial = np.repeat(np.arange(n_trials), [len(time) for time in times])
    return sh.SpikeTrains(np.concatenate(times), trial, n_trials, *window)


TRAINS = {
    "irregular": trains(stats.expon(1, 9), 24),
    "regular": trains(stats.gamma(9, scale=1.2), 8),
    "slow": trains(stats.gamma(9, scale=3), 12),
    "heavy": trains(stats.lognorm(0.9, scale=7), 30, speed=lambda k: 1 + 0.5 * np.sin(k)),
    "few spikes": trains(stats.gamma(2, scale=40), 12, window=(0.0, 200.0)),
    "a spike or two": trains(stats.expon(0, 60), 6, window=(0.0, 100.0)),
    "alike": sh.SpikeTrains(np.tile(np.arange(5.0, 300.0, 20.0), 5), np.repeat(range(5), 15), 5, 0.0, 300.0),
    "two trials": trains(stats.expon(0, 10), 2),
    "many trials": trains(stats.gamma(3, scale=5), 430, window=(0.0, 60.0)),
}
CURVES = {
    "fano_curve": lambda s: st.fano_curve(s, np.array([0.02, 0.1, 0.31, 1]) * s.window),
    "spike_spectrum": lambda s: st.spike_spectrum(s, np.array([0.5, 1.5, 4.5, 20.5]) * 1000 / s.window),
    "autocorrelation": lambda s: st.autocorrelation(s, [0.0, 2.0, 7.0, 20.0, 50.0]),
    "isi_histogram": lambda s: st.isi_histogram(s, [0.5, 3.0, 8.0, 14.0, 70.0]),
    "isi_kernel_density": lambda s: st.isi_kernel_density(s, [2.0, 6.0, 11.0, 30.0]),
    "isi_survival": lambda s: st.isi_survival(s, [1.0, 4.0, 10.0, 17.0, 40.0]),
    "isi_hazard": lambda s: st.isi_hazard(s, [0.0, 4.0, 9.0, 15.0, 60.0]),
    "serial_correlation": lambda s: st.serial_correlation(s, [1, 2, 3]),
}
BY_DEFAULT = ("fano_curve", "spike_spectrum", "autocorrelation", "isi_histogram", "isi_kernel_density", "isi_survival",
              "isi_hazard", "serial_correlation")  # fmt: skip


CORRECTION = {"regular": "bonferroni"}


def membrane(n_trials):
    """Sums of waves that fit no common period, bent so that they are skewed, with spikes cut out of them."""
    time, k = np.arange(401) * 0.5, np.arange(n_trials)[:, None]
    wave = np.sin(0.31 * time + k) + 0.7 * np.sin(0.173 * time + 2.3 * k**1.1) + 0.5 * np.sin(1.21 * time + k**1.5)
    V = np.stack([-60 + 2 * np.exp(0.5 * wave), 0.3 + 0.1 * wave], axis=1)
    spikes = sh.SpikeTrains([30.0, 120.5, 77.0], [0, 0, 2], n_trials, 10.0, 200.0)
    sampling = sh.Sampling(("V", "n"), interval=0.5, longest_lag=10.0, segment=50.0, bin={"V": 1.5, "n": 0.05})
    return sh.Membrane.from_traces(sh.Traces(time, V, ("V", "n")), spikes, sampling)


def moments(n_trials):
    """Sums of powers about a reference."""
    x = 3 + np.sin(np.arange(n_trials) * 1.7)
    return sh.Moments(-65.0, np.stack([x, x**2 + 4, x**3 + 12 * x + 2, x**4 + 24 * x**2 + 8 * x + 50], axis=1))


def scalar(found):
    return [found.value, found.low, found.high, found.reason is not None, found.doubt is not None]


def curve(found):
    """All of a short curve; of a long one its ends and the means of a few stretches."""
    rows = [found.x, found.value, found.low, found.high, found.joint_low, found.joint_high]
    if len(found.x) > 8:
        rows = [[row[0], *(np.nanmean(part) if np.isfinite(part).any() else np.nan for part in np.array_split(row, 4)),
                 row[-1]] for row in map(np.asarray, rows)]  # fmt: skip
    return [list(row) for row in rows]


def table():
    """Where -> numbers."""
    found = {}
    for of, spikes in TRAINS.items():
        for name in SCALARS:
            found[f"{name} of {of}"] = scalar(getattr(st, name)(spikes))
        for name in CURVES:
            found[f"{name} of {of}"] = curve(CURVES[name](spikes))
    for name in SCALARS:
        found[f"{name} at 80 %"] = scalar(getattr(st, name)(TRAINS["irregular"], level=0.8))
        if name not in NOT_BOOTSTRAPPED:
            found[f"{name}, bootstrap"] = scalar(getattr(st, name)(TRAINS["irregular"], method="bootstrap"))
    for name in BY_DEFAULT:
        for of in ("irregular", "a spike or two"):
            found[f"{name} of {of}, by default"] = curve(getattr(st, name)(TRAINS[of]))
    for n in (12, 3):
        record = membrane(n)
        for name in MOMENTS:
            found[f"V_{name} of {n}"] = scalar(getattr(st, f"V_{name}")(moments(n)))
            for variable, below in (("V", False), ("n", True)):
                estimate = getattr(st, f"membrane_{name}")(record, variable, below)
                found[f"{name} of {variable}, {n}"] = scalar(estimate)
        for name in ("membrane_density", "autocovariance", "power_spectrum"):
            found[f"{name} of {n}"] = curve(getattr(st, name)(record))
        for name in ("membrane_density", "autocovariance"):
            found[f"{name} of n, {n}"] = curve(getattr(st, name)(record, "n", subthreshold=True))
    for other in ("heavy", "slow", "regular", "a spike or two"):
        first = TRAINS["irregular"]
        second = sh.SpikeTrains(*(getattr(TRAINS[other], name) for name in ("time", "trial", "n_trials")), 10.0, 310.0)
        for name, distance in st.isi_distances(first, second).items():
            known = [distance.p_value, distance.p_adjusted, distance.null_95]
            found[f"{name} to {other}"] = scalar(distance.estimate) + known
        pair = sh.compare(first, second, margins={"rate": "20%", "cv": 0.5}, correction=CORRECTION.get(other))
        for name, entry in pair.difference.items():
            judged = [entry.margin, ["equivalent", "undecided", "different"].index(entry.verdict)]
            found[f"{name} against {other}"] = scalar(entry.estimate) + judged + [entry.trials_to_settle]
            found[f"{name} over {other}"] = scalar(pair.ratio[name])
    other = trains(stats.expon(1, 9), 24, start=3)
    for name, distance in st.train_distances(TRAINS["irregular"], other).items():
        found[f"{name} of pairs"] = [*scalar(distance.estimate), distance.unpaired, distance.p_value]
    for name, entry in sh.compare(TRAINS["irregular"], other, paired=True).difference.items():
        found[f"{name} of pairs"] = scalar(entry.estimate)
    return found


if __name__ == "__main__":
    written(table(), TABLE)
