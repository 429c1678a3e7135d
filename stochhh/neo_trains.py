"""The spike trains of Neo's objects, unit by unit."""

from collections import Counter
from typing import NamedTuple

import numpy as np

from .errors import InputError
from .foreign_spikes import in_order

__all__ = ["of_neo", "one_unit", "units_of"]

_NEO = "a list of neo.SpikeTrain or of Segments, a Segment or a Block"
_MARKS = ("unit_name", "unit_id", "channel_id")  # annotations that tell the unit of a train
_SHOWN = 8  # units in a message


class _Placed(NamedTuple):
    train: object
    segment: int | None  # None in a list, where each train is a trial
    position: int


def of_neo(trains):
    """(time, trial, n_trials, (start, stop)) of a list of neo.SpikeTrain, each of them a trial; ms."""
    start, stop = ([_ms(getattr(train, end)).item() for train in trains] for end in ("t_start", "t_stop"))
    times = [_ms(train) for train in trains]
    trial = np.repeat(np.arange(len(times)), [time.size for time in times])
    return *in_order(np.concatenate(times), trial), len(times), (start, stop)


def _ms(quantity):
    return np.asarray(quantity.rescale("ms").magnitude, dtype=np.float64)


def one_unit(source, unit, pool):
    """The trains of the unit that is asked for, or of all; InputError where several could be meant."""
    if unit is not None and pool:
        raise InputError("unit", unit, "omitted with pool=True, which takes all units")
    if pool:
        return [placed.train for placed in _placed(source)]
    units = units_of(source)
    names = list(units)
    if unit is None and len(names) == 1:
        return units[names[0]]
    if isinstance(unit, str) and unit in units:
        return units[unit]
    if hasattr(unit, "__index__") and not isinstance(unit, bool) and 0 <= unit.__index__() < len(names):
        return units[names[unit.__index__()]]
    shown = ", ".join([*map(repr, names[:_SHOWN]), *(["..."] if len(names) > _SHOWN else [])])
    if unit is not None:
        raise InputError("unit", unit, f"one of {shown}, or a position from 0 to {len(names) - 1}")
    remedy = "give unit=, its name or its position, or pool=True if each train is a trial; units_from_neo returns all"
    raise InputError(f"there are {len(names)} units, {shown}", remedy=remedy)


def units_of(source):
    """NAME -> list of neo.SpikeTrain, one for each trial, of every unit; see `SpikeTrains.from_neo` for the names."""
    placed = _placed(source)
    names = _names(placed, getattr(source, "groups", ()))
    units = {name: [] for name in names}
    for name, one in zip(names, placed, strict=True):
        units[name].append(one.train)
    return units


def _placed(source):
    """The neo.SpikeTrains of a Block, a Segment or a list, with their segments and positions."""
    if hasattr(source, "segments"):
        parts = list(enumerate(segment.spiketrains for segment in source.segments))
    elif hasattr(source, "spiketrains"):
        parts = [(0, source.spiketrains)]
    else:
        source = list(source) if hasattr(source, "__iter__") else source
        of_segments = isinstance(source, list) and source and all(hasattr(one, "spiketrains") for one in source)
        parts = [(k, one.spiketrains) for k, one in enumerate(source)] if of_segments else [(None, source)]
    if not all(hasattr(trains, "__iter__") for _, trains in parts):
        raise InputError("source", source, _NEO)
    placed = [_Placed(train, segment, k) for segment, trains in parts for k, train in enumerate(trains)]
    for one in placed:
        if not all(hasattr(one.train, name) for name in ("t_start", "t_stop", "rescale")):
            where = "source" if one.segment is None else f"segments[{one.segment}].spiketrains"
            remedy = "read it with lazy=False" if hasattr(one.train, "load") else f"give {_NEO}"
            raise InputError(f"{where}[{one.position}]", one.train, "a neo.SpikeTrain", remedy)
    if not placed:
        remedy = "give one neo.SpikeTrain for each trial, silent ones included"
        raise InputError("there is no spike train", remedy=remedy)
    return placed


def _names(placed, groups):
    """The name of the unit of each train."""
    marks = [[one.train.annotations.get(mark) for one in placed] for mark in _MARKS]
    named, segments = [one.train.name or None for one in placed], [one.segment for one in placed]
    if placed[0].segment is None:
        return _in_a_list([*marks, named])
    for names in (_by_group(placed, groups), *marks, named if _recur(placed, named) else [None]):
        if None not in names and len({*zip(segments, _texts(names), strict=True)}) == len(placed):
            return _texts(names)
    sizes = Counter(segments).values()
    if min(sizes) < max(sizes):
        fault = f"the segments have {min(sizes)} to {max(sizes)} trains, and the unit of each is not known"
        raise InputError(fault, remedy="annotate the trains with unit_id, or give a list of those of one unit")
    return [str(one.position) for one in placed]


def _in_a_list(known):
    """The name of the unit of each train in a list, from what is `known`: lists of names, None where there is none."""
    complete = [names for names in known if None not in names]
    if complete:
        return _texts(complete[0])
    for names in known:
        different = list(dict.fromkeys(name for name in names if name is not None))
        if len(different) > 1:
            fault = f"some trains are of the units {', '.join(map(repr, different[:_SHOWN]))}, and the others have none"
            raise InputError(fault, remedy="annotate all trains with unit_id, or give pool=True if each is a trial")
    return ["0"] * len(known[0])


def _texts(names):
    return list(map(str, names))


def _recur(placed, names):
    """Whether every segment has the same names."""
    segments = {one.segment: set() for one in placed}
    for one, name in zip(placed, names, strict=True):
        segments[one.segment].add(name)
    return len(set(map(frozenset, segments.values()))) == 1


def _by_group(placed, groups):
    """The name of the Group that holds each train; None for a train in none, or in several."""
    held = {}
    for k, group in enumerate(groups):
        name = group.annotations.get("unit_name") or group.name or f"group {k}"
        for train in group.spiketrains:
            held[id(train)] = None if id(train) in held else name
    return [held.get(id(one.train)) for one in placed]
