"""The swings of V, counted whatever the levels of a spike are: what tells whether the spikes hang on their levels."""

from dataclasses import dataclass, replace
from math import sqrt

import numpy as np

from .equality import same_fields
from .messages import counted

__all__ = ["N_SIZES", "RATIO", "Swings", "swing_sizes"]

RATIO = sqrt(3.0)  # of two sizes that follow each other
N_SIZES = 6
_PARTS = tuple(0.04 * sqrt(3**k) for k in range(N_SIZES))  # of the span of V in a spike, from 4 to 62 %

_SAME = 0.9  # so many of the swings of one size are of the next one too: they have a size of their own
_CLOSE = 0.05  # how far spikes and swings may differ, as a part of the larger number
_FEW = 4  # and in any case
_ACROSS = 0.2  # of the trials, in which the window ends between a swing and its spike
_OF_KICKS = 1.5  # swings up to so many times a single jump of V are the input's own

_ABOUT = ("threshold", "rearm", "kick")


def swing_sizes(neuron):
    """The sizes (mV) whose swings are counted; none for a model whose spikes end in a reset and so leave no doubt."""
    return () if hasattr(neuron, "reset") else tuple(part * neuron.scales[0] for part in _PARTS)


@dataclass(frozen=True, eq=False, repr=False)
class Swings:
    """How often V rose from a trough by some sizes or more, in the observation window of each trial.

    Arguments:
        sizes: mV, from the smallest to the largest.
        counts: swings of each size, shape (n_trials, n_sizes); ripples smaller than the size are left out.
        troughs: the sum of V (mV) where they began, alike.
        threshold, rearm: the levels by which spikes were counted, mV.
        kick: how far a single event moves V (root mean square of the largest kind), mV.
    """

    sizes: tuple
    counts: np.ndarray
    troughs: np.ndarray
    threshold: float
    rearm: float
    kick: float = 0.0

    __eq__ = same_fields
    __hash__ = None  # type: ignore[assignment]

    def __repr__(self):
        n = self.counts.sum(axis=0)
        found = [f"{int(n[k])} of {self.sizes[k]:.3g} mV or more" for k in (0, -1)] if self.sizes else ["no size"]
        return f"<Swings: {', '.join(found)}, in {counted(len(self.counts), 'trial')}>"

    @classmethod
    def stacked(cls, parts):
        """Those of several runs, one behind the other."""
        counts, troughs = (np.concatenate([getattr(part, name) for part in parts]) for name in ("counts", "troughs"))
        return replace(parts[0], counts=counts, troughs=troughs, kick=max(part.kick for part in parts))

    def to_variables(self):
        """NAME -> (dimensions, values, attributes), with the dimension trial."""
        size = {"units": "mV", "long_name": "least size of a swing of V"}
        size |= {name: float(getattr(self, name)) for name in _ABOUT}
        counts, troughs = ({"long_name": text} for text in ("number of swings", "sum of V where swings began, mV"))
        return {
            "swing_size": ("swing_size", np.array(self.sizes), size),
            "swing_count": (("trial", "swing_size"), self.counts, counts),
            "swing_troughs": (("trial", "swing_size"), self.troughs, troughs),
        }

    @classmethod
    def from_variables(cls, variables):
        """What `to_variables` made."""
        sizes = variables["swing_size"]
        counts, troughs = (variables[name].values for name in ("swing_count", "swing_troughs"))
        return cls(tuple(sizes.values.tolist()), counts, troughs, *(float(sizes.attrs[name]) for name in _ABOUT))

    def doubts(self, spikes):
        """Sentences that say how far the number of spikes depends on its levels; () where it does not.

        Action potentials are swings with a size of their own: the largest size, of two that follow each other, that
        nearly all swings of the smaller one reach. Their number is held against that of the spikes. Swings that a few
        events can make by themselves are no evidence. Where swings of all sizes occur, none are action potentials, or
        the levels alone tell which.
        """
        n, at, found, agree = self._held_against(spikes)
        if agree:
            return ()
        seconds = spikes.n_trials * spikes.window / 1000
        levels = f"threshold = {self.threshold:g} mV and rearm = {self.rearm:g} mV"
        levels += f" count {found / seconds:.3g} spikes a second"
        rest = "so the rate, and every other statistic of the spikes, depends on these levels"
        if at is None:
            often = [f"by {self.sizes[k]:.2g} mV or more {n[k] / seconds:.3g} times" for k in (-3, -2, -1) if n[k]]
            return (
                f"{levels}, but V rises by amounts of every size, {', '.join(often)} a second: there is no clear "
                f"distinction between spikes and fluctuations, {rest}; compare several pairs of levels.",
            )
        swings = f"V rises by {self.sizes[at]:.2g} mV or more {n[at] / seconds:.3g} times a second"
        better = "threshold = {:.3g} and rearm = {:.3g}".format(*self._levels(at, n[at]))
        if found < n[at]:
            return (f"{swings}, but {levels}, {rest}. If these swings are spikes, set {better}.",)
        return (
            f"{levels}, but {swings} only: smaller fluctuations cross the threshold and are counted as spikes, {rest}. "
            f"To count only those swings, set {better}.",
        )

    def confirm(self, spikes):
        """Whether V made swings with a size of their own, and they are as many as the spikes."""
        _, at, _, agree = self._held_against(spikes)
        return at is not None and agree

    def _held_against(self, spikes):
        """(swings of each size, place of the size of action potentials or None, spikes, whether these are as many)."""
        n, found = self.counts.sum(axis=0), int(spikes.counts().sum())
        at = self._size_of_their_own(n)
        if at is None and found <= _FEW:  # hardly any, and none that plainly lack: large ones must not be there
            return n, at, found, n[-2] <= _FEW + spikes.n_trials
        least, most = (n[-1], n[-3]) if at is None else (n[at], n[at - 1])
        trials = min(found, spikes.n_trials)
        fewest = least - _FEW - _ACROSS * trials - _CLOSE * least
        return n, at, found, fewest <= found <= most + _FEW + 2 * trials + _CLOSE * max(found, most)

    def _size_of_their_own(self, n):
        """The place of the largest such size; None if there is none."""
        for k in range(len(n) - 1, 0, -1):
            if n[k] > _FEW and n[k] >= _SAME * n[k - 1] and self.sizes[k - 1] >= _OF_KICKS * self.kick:
                return k
        return None

    def _levels(self, k, n):
        """A threshold and a rearm level that the swings of a size pass, mV."""
        trough = self.troughs[:, k].sum() / n
        return trough + self.sizes[k] * 2 / 3, trough + self.sizes[k] / 3
