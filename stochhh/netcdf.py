"""Labelled arrays as a netCDF-4 file, and read from one: nothing of it before it is known how much that is."""

import io
import mmap
import os
import stat
from contextlib import contextmanager
from math import prod
from pathlib import Path
from typing import NamedTuple

import numpy as np

from .errors import InputError
from .files import reading
from .memory import GIB, allowed_memory

__all__ = ["Variable", "netcdf_bytes", "read_netcdf"]

# What the format keeps among the attributes for itself.
_OWN = {"CLASS", "NAME", "REFERENCE_LIST", "DIMENSION_LIST", "_NCProperties", "_Netcdf4Coordinates", "_Netcdf4Dimid"}
_BARE = b"This is a netCDF dimension but not a netCDF variable"
_HEAP = b"GCOL\1\0\0\0"
_LONGEST = 2**24  # bytes of an attribute
_DEFLATED = 1100  # deflate makes no more of what is packed, 1032 times as much


class Variable(NamedTuple):
    """A labelled array; its parts have the names that they have in xarray, which is slow to load."""

    dims: tuple[str, ...]
    values: np.ndarray
    attrs: dict


def netcdf_bytes(variables, attributes):
    """The content of a netCDF-4 file, made in memory: HDF5 may crash when a disk is full.

    Arguments:
        variables: NAME -> Variable.
        attributes: those of the whole.
    """
    import h5netcdf

    image = io.BytesIO()
    with h5netcdf.File(image, "w") as file:
        file.dimensions = {dim: n for v in variables.values() for dim, n in zip(v.dims, v.values.shape, strict=True)}
        for name, (dims, values, attrs) in variables.items():
            file.create_variable(name, dims, data=values).attrs.update(attrs)
        file.attrs.update(attributes)
    return image.getvalue()


def read_netcdf(path, wanted, recognise, check, memory_limit=None):
    """(variables, attributes) of a file: NAME -> Variable, and the attributes of the whole.

    Arguments:
        path: the file.
        wanted: what should be named instead, if it is none.
        recognise: function of the attributes that raises InputError for those of no such file.
        check: function (attributes, NAME -> (dimensions, shape, dtype)) that raises InputError for what is not wanted;
            it is called before any array is read.
        memory_limit: GiB that may be taken; by default half of the machine's memory.

    Raises InputError for what is no ordinary file, for arrays that the memory does not hold, that are larger than what
    the file holds of them can be, or that lie elsewhere, for long attributes, and for whatever these functions refuse.
    """
    with _opened(path, wanted) as file:
        attributes = _attributes(file, "the file")
        recognise(attributes)
        found = {name: _dataset(file, name) for name in file}
        held = {name: data for name, data in found.items() if not data.attrs.get("NAME", b"").startswith(_BARE)}
        dims = {name: _dimensions(name, data) for name, data in held.items()}
        check(attributes, {name: (dims[name], data.shape, data.dtype) for name, data in held.items()})
        _check_sizes(held, allowed_memory(memory_limit))
        arrays = {name: np.asarray(data[()], data.dtype.newbyteorder("=")) for name, data in held.items()}
        return {
            name: Variable(dims[name], array, _attributes(held[name], name)) for name, array in arrays.items()
        }, attributes


@contextmanager
def _opened(path, wanted):
    """The file, as h5py has it; a pipe or a device has no end, and is not read."""
    import h5py

    with reading(path, wanted):
        number = os.open(Path(path), os.O_RDONLY | getattr(os, "O_NONBLOCK", 0) | getattr(os, "O_BINARY", 0))
        with os.fdopen(number, "rb") as file:
            found = os.fstat(number)
            if not stat.S_ISREG(found.st_mode):
                raise InputError("this is not a regular file", remedy=wanted).within(file=path)
            if found.st_size:
                _check_heaps(number)
            with h5py.File(file) as opened:
                yield opened


def _check_heaps(number):
    """Refuse a file in one of whose heaps of texts HDF5 would go round for ever: at an object of no length.

    A heap is GCOL, its version, its length, and objects: number, 6 bytes, length, content filled up to 8 bytes. The
    length of object 0, the free space, is with these 16 bytes. What is too short for an object at the end is free too.
    """
    with mmap.mmap(number, 0, access=mmap.ACCESS_READ) as image:
        heap = image.find(_HEAP)
        while heap >= 0:
            at, end = heap + 16, heap + int.from_bytes(image[heap + 8 : heap + 16], "little")
            while at + 16 <= end <= len(image):
                free = image[at : at + 2] == b"\0\0"
                length = int.from_bytes(image[at + 8 : at + 16], "little")
                at += length if free else 16 + (length + 7) // 8 * 8
                if (free and length < 16) or at > end:
                    raise InputError(f"this file is damaged at byte {heap}, in a heap of texts")
            heap = image.find(_HEAP, heap + 8)


def _dataset(file, name):
    """An array of the file by its name, not yet read."""
    import h5py

    if not isinstance(file.get(name, getlink=True), h5py.HardLink):
        raise InputError("this is a link to something else").within(variable=name)
    data = file[name]
    if not isinstance(data, h5py.Dataset):
        raise InputError("this is not a variable").within(variable=name)
    if data.is_virtual or data.external:
        raise InputError("its values are stored in another file").within(variable=name)
    return data


def _dimensions(name, data):
    """Names of the dimensions of an array, "" for one without."""
    if data.attrs.get("CLASS") == b"DIMENSION_SCALE" and data.ndim == 1:
        return (name,)
    return tuple(scales[0].name.removeprefix("/") if len(scales) == 1 else "" for scales in data.dims)


def _attributes(of, name):
    """The attributes of a variable, or of the file: single numbers and texts."""
    import h5py

    found = {}
    for key in of.attrs:
        if key in _OWN:
            continue
        opened = h5py.h5a.open(of.id, key.encode())
        if opened.get_space().get_simple_extent_npoints() != 1:
            raise InputError(f"the attribute {key} of {name} is not a single number or text")
        value = None if opened.get_storage_size() > _LONGEST else np.asarray(of.attrs[key]).item()
        if value is None or (isinstance(value, str | bytes) and len(value) > _LONGEST):
            raise InputError(f"the attribute {key} of {name} is longer than {_LONGEST // 2**20} MiB")
        found[key] = value
    return found


def _check_sizes(arrays, memory):
    """Refuse what the file cannot hold, and what the memory cannot: twice, read and made a result of."""
    total = 0
    for name, data in arrays.items():
        declared = prod(data.shape) * data.dtype.itemsize
        stored = data.id.get_storage_size()
        if declared > _DEFLATED * stored:
            fault = f"it declares {declared:.4g} bytes, but the file holds only {stored}"
            raise InputError(fault).within(variable=name)
        total += max(declared, prod(data.chunks or (0,)) * data.dtype.itemsize)
    if 2 * total > memory:
        fault = f"its arrays may need {2 * total / GIB:.3g} GiB, more than the limit of {memory / GIB:.3g} GiB"
        raise InputError(fault, remedy="give a higher memory_limit")
