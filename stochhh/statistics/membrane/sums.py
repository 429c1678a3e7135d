"""Sums over samples of state variables, by trial, accumulated block by block without storing the samples."""

from typing import NamedTuple

import numpy as np

from ..cells import cell_of

__all__ = ["Gatherer", "Sums"]


class Sums(NamedTuple):
    """Sums over the included samples y = x - reference of a variable, for each trial.

    Arguments:
        count: number of samples, shape (n_trials,).
        powers: sums of y^j, j = 1 to 4, shape (n_trials, 4).
        bins: number of samples in each bin of the density, shape (n_trials, n_bins).
        pairs: number of pairs of included samples at a distance of l intervals, shape (n_trials, n_lags + 1).
        lagged: sums of y_k y_(k+l) over these pairs, the same shape.
        ends: sums of y_k + y_(k+l) over them, so that any mean can be subtracted afterwards.
    """

    count: np.ndarray
    powers: np.ndarray
    bins: np.ndarray
    pairs: np.ndarray
    lagged: np.ndarray
    ends: np.ndarray


class Gatherer:
    """Processes the samples of several trials in parallel, block by block, and stores only sums.

    Arguments:
        sampling: a Sampling.
        reference: value that is subtracted before powers and products are taken, one for each variable.
        n: number of trials.
        window: start and stop, ms.

    The sums are identical to the last bit however the samples are produced, since blocks begin at fixed samples.
    """

    def __init__(self, sampling, reference, n, window):
        self.sampling, self.reference, self.stop, self.n = sampling, reference, window[1], n
        self.first, self.last = sampling.numbers(*window)
        self.next = self.first  # number of the next sample to be taken
        self.recent = []  # (trial, time) of spikes that may still cut
        named = zip(sampling.variables, reference, strict=True)
        self.variables = [_Variable(sampling, sampling.bin[name], about, n) for name, about in named]

    def spiked(self, trial, times):
        """Register spikes of a trial, ms; those up to `before` ms after a sample must be known before it is taken."""
        self.recent.append((np.full(len(times), trial), np.asarray(times, dtype=float)))

    def take(self, values):
        """Process the next samples, shape (n_trials, n_variables, n_samples): a whole block, or the last ones."""
        told = self._subthreshold(values.shape[2])
        for variable, x in zip(self.variables, np.moveaxis(values, 1, 0), strict=True):
            variable.take(x, told)
        self.next += values.shape[2]

    def _subthreshold(self, m):
        """Which of the next m samples are subthreshold, shape (n_trials, m).

        Within `before` ms before the end of the window none is, since a later spike would be unknown.
        """
        interval, before, after = self.sampling.interval, self.sampling.before, self.sampling.after
        change = np.zeros((self.n, m + 1), dtype=np.int32)
        if self.recent:
            trial, time = map(np.concatenate, zip(*self.recent, strict=True))
            begin = -cell_of(before - time, interval, self.stop) - self.next
            end = cell_of(time + after, interval, self.stop) + 1 - self.next
            np.add.at(change, (trial, np.clip(begin, 0, m)), 1)
            np.add.at(change, (trial, np.clip(end, 0, m)), -1)
            self.recent = [(trial[end > m], time[end > m])]
        told = np.cumsum(change[:, :m], axis=1) == 0
        told[:, self.next + np.arange(m) > cell_of(self.stop - before, interval, self.stop)] = False
        return told

    @property
    def segments(self):
        """Number of segments in each periodogram."""
        return self.variables[0].periodogram.segments

    def sums(self):
        """For each variable: number of the first bin, Sums of all samples, Sums of subthreshold ones, mean power."""
        return [variable.sums() for variable in self.variables]


class _Variable:
    """The sums of one variable."""

    def __init__(self, sampling, width, reference, n):
        self.width, self.reference = width, reference
        self.lowest, self.bins = None, None
        self.parts = [_Part(n, sampling) for _ in range(2)]  # all, subthreshold
        self.periodogram = _Periodogram(sampling.n_segment, sampling.interval, n)

    def take(self, x, told):
        y = np.subtract(x, self.reference, order="C")  # the order of summation is then the same everywhere
        self.parts[0].take(y, np.ones((1, y.shape[1]), dtype=bool))
        self.parts[1].take(np.where(told, y, 0.0), told)
        self.periodogram.take(y)
        self._count(x, told)

    def _count(self, x, told):
        """Count the samples in bins; bins are added as they are reached."""
        cell = np.floor(x / self.width).astype(np.int64)
        low, high = int(cell.min()), int(cell.max())
        if self.bins is None:
            self.lowest, self.bins = low, np.zeros((2, len(x), 1), dtype=np.int64)
        below, above = max(self.lowest - low, 0), max(high - (self.lowest + self.bins.shape[2] - 1), 0)
        self.bins = np.pad(self.bins, ((0, 0), (0, 0), (below, above)))
        self.lowest -= below
        flat = cell - self.lowest + self.bins.shape[2] * np.arange(len(x))[:, None]
        for bins, of in zip(self.bins, (flat.ravel(), flat[told]), strict=True):
            bins += np.bincount(of, minlength=bins.size).reshape(bins.shape)

    def sums(self):
        every, subthreshold = (part.sums(bins) for part, bins in zip(self.parts, self.bins, strict=True))
        return self.lowest, every, subthreshold, self.periodogram.mean()


class _Part:
    """The sums of the included samples; excluded ones are 0, and False in `told`."""

    def __init__(self, n, sampling):
        self.count, self.powers = np.zeros(n, dtype=np.int64), np.zeros((n, 4))
        self.n_lags, self.size = sampling.n_lags, sampling.stretch + sampling.n_lags
        self.past = np.zeros((n, self.n_lags)), np.zeros((1, self.n_lags))
        self.spectra = [0.0, 0.0, 0.0]  # of lagged, ends, pairs

    def take(self, y, told):
        square = y * y
        self.count += told.sum(axis=1)
        self.powers += np.stack([power.sum(axis=1) for power in (y, square, square * y, square * square)], axis=1)
        self._correlate(y, told)

    def _correlate(self, y, told):
        """sum_k a_k b_(k-l) for k in the block, as the product of the transforms of a and of b preceded by its past."""
        K, m = self.n_lags, y.shape[1]
        transforms, past = [], []
        for of, before in zip((y, told), self.past, strict=True):
            whole = np.zeros((len(of), self.size))
            whole[:, K : K + m] = of
            new = np.fft.rfft(whole)
            whole[:, :K] = before
            past.append(whole[:, m : m + K].copy())
            transforms.append((new, np.conj(np.fft.rfft(whole))))
        (y_new, y_all), (t_new, t_all) = transforms
        for i, product in enumerate((y_new * y_all, y_new * t_all + t_new * y_all, t_new * t_all)):
            self.spectra[i] += product
        self.past = past

    def sums(self, bins):
        n, size = len(self.count), self.n_lags + 1
        lagged, ends, pairs = (np.fft.irfft(spectrum, self.size)[:, :size] for spectrum in self.spectra)
        pairs = np.broadcast_to(np.rint(pairs), (n, size)).copy()
        return Sums(self.count, self.powers, bins, pairs, lagged, ends)


class _Periodogram:
    """The mean of |w x|^2 dt / sum w^2, transformed, over segments that overlap by half, w the Hann window."""

    def __init__(self, size, interval, n):
        self.size, self.held = size, np.empty((n, 0))
        self.window = 0.5 - 0.5 * np.cos(2 * np.pi * np.arange(size) / size)
        self.scale = interval / np.sum(self.window**2)
        self.total, self.segments = np.zeros((n, size // 2 + 1)), 0

    def take(self, y):
        held, begin = np.concatenate([self.held, y], axis=1), 0
        while held.shape[1] - begin >= self.size:
            transform = np.fft.rfft(held[:, begin : begin + self.size] * self.window)
            self.total += transform.real**2 + transform.imag**2
            self.segments += 1
            begin += self.size // 2
        self.held = held[:, begin:].copy()

    def mean(self):
        return self.total * (self.scale / max(self.segments, 1))
