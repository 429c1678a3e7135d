"""Whether the longest interspike intervals (ISIs) of a sample determine the error of a moment."""

from dataclasses import replace

import numpy as np

__all__ = ["allowing_for_tail", "heavy_tail", "l_moments", "tail_index"]

_FEWEST = 20  # ISIs that are judged; the window asks for more
_INDEX = (0.4, 0.2, 0.16, 0.15)  # tail index that speaks against moments 1 to 4, whose errors' end at 1/2 to 1/8
_EXCESS = 0.02  # L-kurtosis above that of an exponential tail that speaks against moments 2 to 4
_MOMENTS = (0.0, 2.4, 2.1, 1.9)  # times 2k: moments that the distribution of the ISIs must have, for moments 1 to 4
_ABRUPT = 1.25  # times the 98 % quantile: the largest value of a distribution that ends there
_REMEDY = "see also cv2, lv and isi_histogram"


def allowing_for_tail(estimate, spikes, order, scale):
    """The estimate of a moment of the ISIs, its interval extended upwards for the uncertainty of the tail.

        h(high) <- h(theta) + (1 + min(a, 1)) (h(high) - h(theta)),   a the weight of `heavy_tail`

    Arguments:
        estimate: Estimate of the moment.
        spikes: SpikeTrains that it was computed from.
        order: of the moment, 2 to 4.
        scale: h, the Scale of the interval.

    A sample that lacks the rare long ISIs appears regular, with a small error, so that samples without a doubt are a
    selection, and the true value lies above them. If there is a doubt it is added.
    """
    if estimate.low is None:
        return estimate
    weight, why = _evidence(spikes, order)
    with np.errstate(divide="ignore", over="ignore"):
        value, high = scale.forward(np.array([estimate.value, estimate.high], dtype=float))
        wider = float(scale.inverse(value + (1 + min(weight, 1.0)) * (high - value)))
    if wider > estimate.high and np.isfinite(wider):
        estimate = replace(estimate, high=wider, method=f"{estimate.method}; extended upwards for the tail")
    return estimate.doubted(_sentence(estimate.name, weight, why))


def heavy_tail(spikes, name, order):
    """Why the error of a moment of the ISIs may be larger than estimated from the sample, as a sentence; or None.

    The error depends on a moment of twice the order, and thus on ISIs that may be rarer than one per sample. It may be
    larger

    - where the tail index (`tail_index`) is high, since that moment is infinite from 1/(2 order) on, and the L-kurtosis
      higher than that of distributions with an exponential tail and the same L-skewness t (gamma and inverse Gaussian,
      about 0.1228 + 0.3012 t^2 + 0.9581 t^4 - 0.5749 t^6 + 0.1938 t^8 + 0.23 t^2): the weight index / a + excess / 0.02
      exceeds 1, with a = 0.2, 0.16, 0.15 for orders 2 to 4, and index / 0.4 for the mean;
    - where the rates of the trials have a coefficient of variation c, so that the pooled ISIs have a tail like t^-(1 +
      1/c^2), as with gamma distributed rates, and too few finite moments: the weight 2 order b / (1 + 1/c^2) exceeds 1,
      with b = 2.4, 2.1, 1.9 for orders 2 to 4.

    Arguments:
        spikes: SpikeTrains.
        name: name of the statistic in the sentence.
        order: of the moment, 1 to 4.

    The error depends on the tail; L-kurtosis and rates are properties of the whole sample, and visible in most samples.
    Source: Hosking, J. R. Stat. Soc. B 52, 105 (1990) (L-moments); Hosking and Wallis, Technometrics 29, 339 (1987).
    """
    return _sentence(name, *_evidence(spikes, order))


def _sentence(name, weight, why):
    """What is reported of the evidence; None where it is weak."""
    if not weight > 1:
        return None
    return f"The interval of {name} may be too narrow: it depends on rare long interspike intervals, and {why}."


def _evidence(spikes, order):
    """(weight, why): evidence for an error larger than estimated from the sample; it is reported from 1 on."""
    isi = np.sort(spikes.isi()[0])
    if len(isi) < _FEWEST:
        return 0.0, ""
    index, part = tail_index(isi), _differing_rates(spikes, isi)
    _, _, skewness, kurtosis = l_moments(isi)
    excess = max(kurtosis - _l_kurtosis_of_exponential_tails(skewness), 0.0) if order > 1 else 0.0
    tail = max(index / _INDEX[order - 1] + excess / _EXCESS, 0.0) if index > -1 else 0.0
    rates = part**2 * 2 * order * _MOMENTS[order - 1] / (1 + part**2)
    if rates > 1:
        return rates, f"the rates of the trials differ by {part:.0%}; analyse trials of similar rates separately"
    return max(tail, rates), (f"these have a heavy tail (tail index {index:.2f}, L-kurtosis {kurtosis:.2f}); {_REMEDY}")


def tail_index(x):
    """Tail index of a sorted sample: above 0 for power laws, P(X > x) ~ x^(-1/index), 0 for exponential tails.

        index = 2 - mean / l_2   of the excesses over a quantile, l_2 half their mean difference

    the smallest of those over the 70 % and the 80 % quantile, and of that over the 90 % quantile plus 0.1, since a
    mixture of short and long values appears heavy-tailed over a quantile between them. It is -1, the index of a uniform
    distribution, if the longest 2 % differ by less than a quarter: the distribution then ends abruptly, as for a clock
    that skips ticks.

    Arguments:
        x: sorted, shape (n,).

    Exact for generalised Pareto excesses. Source: Hosking and Wallis, Technometrics 29, 339 (1987), section 3.2.
    """
    if x[-1] < _ABRUPT * x[-max(int(0.02 * len(x)), 8)]:
        return -1.0
    indices = []
    for part, more in ((0.3, 0.0), (0.2, 0.0), (0.1, 0.1)):
        k = min(max(int(part * len(x)), 8), len(x) - 1)
        mean, half, _, _ = l_moments(x[-k:] - x[-k - 1])
        indices.append(2 - mean / half + more if half > 0 else -np.inf)
    return float(min(indices))


def l_moments(x):
    """(mean, l_2, L-skewness, L-kurtosis) of a sorted sample of four or more values; the latter two 0 if all are equal.

        l_2 = 2 b_1 - b_0,  t_3 = (6 b_2 - 6 b_1 + b_0) / l_2,  t_4 = (20 b_3 - 30 b_2 + 12 b_1 - b_0) / l_2
        b_r = mean of x_i (i - 1) ... (i - r) / ((n - 1) ... (n - r))

    Source: Hosking, J. R. Stat. Soc. B 52, 105 (1990).
    """
    n, rank, term, b = len(x), np.arange(len(x)), np.asarray(x, dtype=float), []
    for r in range(4):
        b.append(term.mean())
        term = term * (rank - r) / (n - 1 - r)
    second = 2 * b[1] - b[0]
    if not second > 1e-12 * abs(b[0]):
        return b[0], 0.0, 0.0, 0.0
    third, fourth = 6 * b[2] - 6 * b[1] + b[0], 20 * b[3] - 30 * b[2] + 12 * b[1] - b[0]
    return b[0], second, third / second, fourth / second


def _l_kurtosis_of_exponential_tails(skewness):
    """Largest L-kurtosis with an exponential tail, approximately: a fit to gamma and inverse Gaussian distributions."""
    t = skewness**2
    return 0.12282 + 0.30115 * t + 0.95812 * t**2 - 0.57488 * t**3 + 0.19383 * t**4 + 0.23 * t


def _differing_rates(spikes, isi):
    """Upper limit of the coefficient of variation of the rates between trials.

    From the variance of the counts in excess of that of a renewal train, CV^2 times the mean count; plus one standard
    error.
    """
    counts, n = spikes.counts(), spikes.n_trials
    if n < 2:
        return 0.0
    counts = counts * (spikes.durations.max() / spikes.durations)  # as in windows of one length
    mean = counts.mean()
    beyond = counts.var(ddof=1) / mean**2 - isi.var() / isi.mean() ** 2 / mean
    return float(np.sqrt(max(beyond, 0.0)) * (1 + 1 / np.sqrt(2 * n)))
