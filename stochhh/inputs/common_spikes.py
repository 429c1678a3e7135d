"""Common spikes: a mother process whose spikes reach several synapses at once, and the jumps that they cause."""

from dataclasses import dataclass
from math import ceil, comb, floor, fsum, isfinite, sqrt

import numpy as np

from ..errors import InputError
from ..units import per_ms

__all__ = ["CommonSpikes"]

_BITS = 80  # jumps rarer than 2^-80 of all are left out of a table: the marks that choose among them have 52 bits
_MOST_JUMPS = 2**22  # in a table


@dataclass(frozen=True)
class CommonSpikes:
    """The multiple-interaction process: correlated presynaptic neurons that share the spikes of a mother process.

        mother spikes: Poisson, of rate M;   each is copied to each neuron with probability c_k, independently,
        each copy transmitted with probability p_k:   B_k ~ Binomial(n_k, c_k p_k),   jump = sum_k sum_{i <= B_k} w_ki

    Each neuron is then a Poisson process of rate M c_k, and the spike counts of two neurons of populations k and l have
    the correlation sqrt(c_k c_l) in every window, i.e. c_k within a population. A mother spike is one event,
    irrespective of the number of synapses that it reaches; one that reaches no synapse is not an event. All moments and
    intensities are exact.

    Arguments:
        populations: Populations with one mother process, M = rate / correlation, a tuple.

    Source: Kuhn, Aertsen and Rotter, Neural Comput. 15, 67 (2003) (the process with p = 1).
    """

    populations: tuple

    @property
    def label(self):
        """The name of the source in messages."""
        names = ", ".join(repr(population.name) for population in self.populations)
        return f"population{'s' if len(self.populations) > 1 else ''} {names}"

    @property
    def mother_rate(self):
        """The rate M of the mother process, spikes per ms."""
        return per_ms(self.populations[0].rate / self.populations[0].correlation)

    @property
    def _reach(self):
        """1 - prod_k (1 - c_k p_k)^n_k: the probability that a mother spike reaches V."""
        reach = 0.0
        for population in self.populations:
            reach = _either(reach, _any_of(population.n, population.correlation * population.p))
        return reach

    @property
    def intensity(self):
        """The number of events per ms: mother spikes of which at least one copy is transmitted."""
        return self.mother_rate * self._reach

    def moment(self, j):
        """The j-th moment of the jump of one event, E[jump^j] in mV^j, exact.

        Arguments:
            j: order, 0 or more.

        Raises OverflowError if it exceeds the largest floating-point number.
        """
        reach = self._reach
        if reach == 0:
            return 0.0
        total = [1.0] + [0.0] * j
        for population in self.populations:
            q = population.correlation * population.p
            one = [1.0] + [q * population.weight_moment(i) for i in range(1, j + 1)]
            total = _of_sum(total, _of_copies(one, population.n))
        return total[j] / reach

    def jumps(self):
        """(probability, Coefficients) of the m possible types of jump of an event, shapes (m,) and (m, 4).

        Exact up to rounding and to the omission of jumps with a probability below 2^-80 each.

        Raises InputError if the sum of several weights has no such coefficients, and if there are too many types.
        """
        chance, (spikes, shift, variance) = np.ones(1), np.zeros((3, 1))
        for population in self.populations:
            weight = population.coefficients
            self._check(population, weight)
            k, p = _binomial(population.n, population.correlation * population.p)
            if chance.size * k.size > _MOST_JUMPS:
                fault = (
                    f"the common spikes of {self.label} cause more than {_MOST_JUMPS} different jumps, too many for "
                    "the jump backend"
                )
                remedy = "let fewer populations share them, lower n, or use the per-neuron backend"
                raise InputError(fault, remedy=remedy)
            chance = np.outer(chance, p).ravel()
            spikes, shift, variance = (
                np.add.outer(before, k * each).ravel()
                for before, each in ((spikes, 1.0), (shift, weight.shift), (variance, weight.normal * weight.normal))
            )
            kept = chance > 2.0**-_BITS * self._reach
            chance, spikes, shift, variance = (column[kept] for column in (chance, spikes, shift, variance))
        chance, shift, variance = (column[spikes > 0] for column in (chance, shift, variance))
        return chance / chance.sum(), np.stack([shift, np.sqrt(variance), *np.zeros((2, shift.size))], axis=1)

    @staticmethod
    def _check(population, weight):
        if weight.exponential or weight.log_sd:
            allowed = (
                f"constant or normal where correlation = {population.correlation:g} in the jump backend, which draws "
                "the sum of several weights at once"
            )
            error = InputError("weight_distribution", population.weight_distribution, allowed, "or use per-neuron")
            raise error.within(population=population.name)


def _either(a, b):
    """The chance of one event or another, independent one: no library's logarithm, and nothing that cancels."""
    return a + b * (1.0 - a)


def _any_of(n, q):
    """1 - (1 - q)^n to rounding, 0 <= q <= 1: the chance of at least one of n independent events."""
    any_of = 0.0
    while n:
        if n & 1:
            any_of = _either(any_of, q)
        q, n = _either(q, q), n >> 1
    return any_of


def _of_sum(a, b):
    """Moments of order 0, 1, 2, ... of the sum of two independent numbers, from theirs."""
    found = [fsum(comb(k, i) * a[i] * b[k - i] for i in range(k + 1)) for k in range(len(a))]
    if not all(map(isfinite, found)):
        raise OverflowError
    return found


def _of_copies(one, n):
    """Moments of the sum of n independent numbers, from those of one: terms of one sign, so none cancel."""
    total = [1.0] + [0.0] * (len(one) - 1)
    while n:
        if n & 1:
            total = _of_sum(total, one)
        n >>= 1
        if n:
            one = _of_sum(one, one)
    return total


def _binomial(n, q):
    """(k, probability) of a binomial distribution without its tails: below 2^-80 each, by Bernstein's inequality."""
    if n == 0 or q in (0, 1):
        return np.array([n if q == 1 else 0]), np.ones(1)
    small = _BITS * 0.6931471805599453
    width = small / 3 + sqrt(small**2 / 9 + 2 * small * n * q * (1 - q))
    low, mode, high = max(0, floor(n * q - width)), min(n, floor((n + 1) * q)), min(n, ceil(n * q + width))
    k = np.arange(low, high + 1)
    # From the mode outwards by the ratios of neighbours, so that nothing is a difference of large logarithms.
    rising, falling = np.arange(mode, high), np.arange(mode, low, -1)
    above = np.cumprod((n - rising) / (rising + 1) * (q / (1 - q)))
    below = np.cumprod(falling / (n - falling + 1) * ((1 - q) / q))
    p = np.concatenate((below[::-1], [1.0], above))
    return k, p / p.sum()
