"""What a window of finite length hides of a spike train."""

import numpy as np

from ..units import hertz

__all__ = ["hidden", "time_resolution", "window_weight"]

_LONGEST = 0.9  # of the window: no weight grows beyond that of a stretch of this length
_LONG = 0.02  # part of the ISIs that may be longer than half the window
_LOST = 0.05  # part of 1/rate that may be lost


def window_weight(length, window):
    """Weight that makes up for what the window hides of a stretch of spikes.

        w(x) = T / (T - x)

    In a stationary train a stretch of `length` x that starts inside a window of length T ends inside it too with
    probability (T - x)/T; its inverse makes weighted sums unbiased for every x < T. Equal stretches get equal
    weights, so a periodic train is left as it is. Beyond 0.9 T the weight stays at 10, since one lucky stretch
    would else outweigh all others; stretches longer than T are never seen.

    Arguments:
        length: from the first to the last spike of the stretch, ms, shape (n,).
        window: length T of the window, ms.

    Source: Horvitz and Thompson, J. Am. Stat. Assoc. 47, 663 (1952).
    """
    return 1.0 / (1.0 - np.minimum(length / window, _LONGEST))


def hidden(frequency, window, isi, weight, *, tail=True):
    """Why the window hides too many long ISIs for an interval to hold, or None if it does not.

    It does where more than 2 % of the ISIs are longer than half the window (with an exponential tail, 0.04 % are
    then longer than the window, and carry 1.4 % of the CV), and where the mean ISI falls short of 1/rate, its
    value in every stationary train, by more than 5 % and the error of the rate.

    Arguments:
        frequency: Estimate of the rate, Hz.
        window: length of the window, ms.
        isi, weight: the ISIs (ms) and their weights, shape (n,).
        tail: whether the statistic hangs on the longest ISIs; if not, only the second condition counts.
    """
    total = weight.sum()
    long, mean = weight[isi > window / 2].sum() / total, weight @ isi / total
    if tail and long > _LONG:
        seen = f"{long:.2g} of those seen are longer than half of it"
    elif frequency.high is not None and mean < (1 - _LOST) * hertz(1 / frequency.high):
        seen = f"those seen last {mean:.4g} ms on average, but 1/rate is {hertz(1 / frequency.value):.4g} ms"
    else:
        return None
    return f"the window of {window:g} ms hides long interspike intervals: {seen}; lengthen duration"


def time_resolution(spikes):
    """By how much rounding of the spike times may change an ISI, ms."""
    return 8 * np.finfo(np.float64).eps * spikes.stop
