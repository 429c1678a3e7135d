"""Damaged and forged result files: each is refused in one line, by the name of what is wrong, and takes no memory.

Would catch: a small file that declares gigabytes and has them allocated, a value that no run leaves under a digest that
is right, a table that lacks a rule, a traceback of a library, a result that could be saved and never read again.
"""

import json
import os
import tracemalloc
from dataclasses import replace

import h5py
import numpy as np
import pytest

from stochhh import Membrane, Sampling
from stochhh.errors import InputError
from stochhh.netcdf import _check_heaps
from stochhh.results import Moments, Result, Traces, _digest
from stochhh.spike_trains import SpikeTrains

TIME = np.arange(21) * 0.1
TRACES = Traces(TIME, np.random.default_rng(1).uniform(0.2, 0.8, (3, 2, 21)), ("V", "n"))
SPIKES = SpikeTrains([1.5, 0.1, 0.3, 2.0], [0, 1, 1, 1], 3, 0.5, 2.0)
PROVENANCE = {
    "stochhh": "0", "backend": "jump", "seed": 1, "n_trials": 3, "duration": 2.0, "transient": 0.5, "settings": {},
    "neuron": {"model": "passive"}, "input": [], "timing": {"run_s": 0.1},
}  # fmt: skip
SAMPLING = Sampling(variables=("V",), interval=0.1, longest_lag=0.2, segment=0.8, before=0.0, after=0.1)
POWERS = np.array([[1.0, 2.0, 3.0, 5.0], [0.0, 1.0, 0.0, 1.0], [-2.0, 4.0, -8.0, 16.0]])
WHOLE = Result(SPIKES, Moments(-65.0, POWERS), TRACES, PROVENANCE, Membrane.from_traces(TRACES, SPIKES, SAMPLING))


def values(name, change):
    """A change of the values of one variable."""

    def changed(data):
        found = data[name].values.copy()
        return data.assign({name: (data[name].dims, change(found), data[name].attrs)})

    return changed


def put(name, place, value):
    def change(found):
        found[place] = value
        return found

    return values(name, change)


def attribute(name, key, value):
    """A change of one attribute of a variable, or of the file (name None); None takes it out."""

    def changed(data):
        data = data.copy()
        attributes = dict(data.attrs if name is None else data[name].attrs)
        attributes[key] = value
        attributes = {key: value for key, value in attributes.items() if value is not None}
        return _with(data, name, attributes)

    return changed


def _with(data, name, attributes):
    if name is None:
        data.attrs = attributes
    else:
        data[name].attrs = attributes
    return data


def inside(text, **changes):
    """A change of entries of an attribute in JSON; ... takes one out."""

    def changed(data):
        said = json.loads(data.attrs[text]) | changes
        said = {key: value for key, value in said.items() if value is not ...}
        return _with(data.copy(), None, {**data.attrs, text: json.dumps(said)})

    return changed


def sampled(**changes):
    def changed(data):
        sampling = json.loads(data.attrs["membrane"])["sampling"]
        return inside("membrane", sampling=sampling | changes)(data)

    return changed


FORGERIES = {
    "spike_time: .* not finite": put("spike_time", 0, np.nan),
    "spike_time: it contains": put("spike_time", 1, np.inf),
    r"trial 1: time = 2.5 is not .* from 0 to 2": put("spike_time", 3, 2.5),
    "trial 0: time = -0.1 is not": put("spike_time", 0, -0.1),
    "the spikes are not in order": values("spike_time", lambda x: x[[0, 2, 1, 3]] * [1, 5, 1, 1]),
    "not in order; sort them by trial": values("spike_trial", lambda x: x[::-1]),
    "trial = 3 is not": put("spike_trial", 3, 3),
    "trial = -1 is not": put("spike_trial", 0, -1),
    "spike_time: type = 'float32' is not allowed: it must be float64": values("spike_time", lambda x: x.astype("f4")),
    "spike_time: type = ": values("spike_time", lambda x: x.astype("U3")),
    "spike_trial: type = 'float64' is not allowed: it must be int64": values("spike_trial", lambda x: x * 1.0),
    "spike_trial: type = 'uint8'": values("spike_trial", lambda x: x.astype("u1")),
    "trial: it contradicts the rest": values("trial", lambda x: x + 1),
    "variable spike_time: attribute observation_stop = inf": attribute("spike_time", "observation_stop", np.inf),
    "variable spike_time: attribute observation_stop = nan": attribute("spike_time", "observation_stop", np.nan),
    "variable spike_time: attribute observation_stop = '2'": attribute("spike_time", "observation_stop", "2"),
    "variable spike_time: attribute observation_stop = None": attribute("spike_time", "observation_stop", None),
    "variable spike_time: attribute observation_start = -inf": attribute("spike_time", "observation_start", -np.inf),
    "start = 2.0 is not .* below stop = 2.0": attribute("spike_time", "observation_start", 2.0),
    "transient = 0.5 is not allowed: it must be the start": attribute("spike_time", "observation_start", -1.0),
    "spike_time: attribute units = 's' is not allowed: it must be 'ms'": attribute("spike_time", "units", "s"),
    "V: attribute units = 'V' is not allowed: it must be 'mV'": attribute("V", "units", "V"),
    "lag: attribute units = None": attribute("lag", "units", None),
    "V: attribute scale_factor": attribute("V", "scale_factor", 0.1),
    "V_powers: it contains a number that is not finite": put("V_powers", (1, 2), np.nan),
    "V_powers: it contains a negative sum of squares": put("V_powers", (1, 1), -1.0),
    "V_powers: it contains a negative sum of sq": put("V_powers", (1, 3), -1.0),
    "V_powers: the square of a mean is larger than": put("V_powers", (2, 1), 3.9),
    "V_powers: the square of a mean is": put("V_powers", (2, 3), 15.9),
    "power: size along power = 2 is not allowed: it must be 4": lambda data: data.isel(power=[0, 1]),
    "power: it contradicts the rest": values("power", lambda x: x[::-1]),
    "variable V_powers: attribute reference = inf": attribute("V_powers", "reference", np.inf),
    "time: it contains a number that is not finite": put("time", 3, np.nan),
    "time: its values do not increase": put("time", 3, 0.2),
    "time: it contains a negative number": put("time", 0, -1.0),
    "n: it contains a number that is not finite": put("n", (0, 0), -np.inf),
    "V: dimensions = .*time.*trial": lambda data: data.assign(V=data["V"].T),
    "n: dimensions = ": lambda data: data.assign(n=data["n"].expand_dims(more=2)),
    "the variable spike_time is missing": lambda data: data.drop_vars("spike_time"),
    "the variable n is missing": lambda data: data.drop_vars("n"),
    "the variable V_every_bins is missing": lambda data: data.drop_vars("V_every_bins"),
    "a result has no variable 'more'": lambda data: data.assign(more=("trial", [1.0, 2.0, 3.0])),
    "state_variables is missing": attribute(None, "state_variables", None),
    "'time'": attribute(None, "state_variables", '["V", "time"]'),
    "two variables .'V'.": attribute(None, "state_variables", '[["V"]]'),
    "state_variables = .* a list": attribute(None, "state_variables", '"V"'),
    "stochhh_format = 'two'": attribute(None, "stochhh_format", "two"),
    "provenance is not valid JSON": attribute(None, "provenance", "{"),
    "provenance is not valid JSON .it holds NaN": attribute(None, "provenance", '{"seed": NaN}'),
    "provenance is not valid JSON .*recursion": attribute(None, "provenance", "[" * 100_000),
    "provenance = .* an object": attribute(None, "provenance", "[]"),
    "provenance is missing": attribute(None, "provenance", None),
    "the provenance lacks stochhh": attribute(None, "provenance", "{}"),
    "the provenance lacks seed": inside("provenance", seed=...),
    "the provenance lacks backend": inside("provenance", backend=...),
    "backend = ' ' .*the name of the backend, a text": inside("provenance", backend=" "),
    "backend = 1 ": inside("provenance", backend=1),
    "seed = -1 ": inside("provenance", seed=-1),
    "seed = True ": inside("provenance", seed=True),
    "n_trials = -3 ": inside("provenance", n_trials=-3),
    "n_trials = 4 ": inside("provenance", n_trials=4),
    "n_trials = '3' ": inside("provenance", n_trials="3"),
    "duration = 3.0 ": inside("provenance", duration=3.0),
    "transient = None ": inside("provenance", transient=None),
    "neuron = .*Passive": inside("provenance", neuron="Passive()"),
    "timing = .*run_s.*-1": inside("provenance", timing={"run_s": -1}),
    "input = 7 ": inside("provenance", input=7),
    "V_every_count: it contains a negative number": put("V_every_count", 0, -1),
    "V_every_bins: its values do not add up": put("V_every_bins", (0, 0), 9),
    "V_subthreshold_bins: its values do not add up": put("V_subthreshold_bins", (0, 0), 9),
    "V_every_bins: it contains a negative number": put("V_every_bins", (0, 0), -2),
    "V_every_powers: it contains a negative sum of squares": put("V_every_powers", (0, 1), -2.0),
    "V_every_powers: the square of a mean is": put("V_every_powers", (0, 0), 1e3),
    "V_subthreshold_pairs: it contains a negative": put("V_subthreshold_pairs", (0, 0), -1.0),
    "V_every_lagged: it contains a number that is not finite": put("V_every_lagged", (0, 0), np.nan),
    "V_periodogram: it contains a negative number": put("V_periodogram", (0, 0), -1.0),
    "lag: it contradicts the rest": put("lag", 1, 0.5),
    "frequency: it contradicts the rest": put("frequency", 1, 0.5),
    "V_bin: it contradicts the rest": put("V_bin", 0, 7.0),
    "lag: size along lag = 3 is not allowed: it must be 4": sampled(longest_lag=0.3),
    "longest_lag = inf|membrane is not valid JSON": sampled(longest_lag=float("inf")),
    "membrane has no valid sampling": sampled(more=1),
    "membrane = .* sampling, segments": inside("membrane", more=1),
    "membrane: segments = -1": inside("membrane", segments=-1),
    "membrane: variables = .* those of its sampling": inside("membrane", variables={}),
    "membrane: variable V: reference = 'x'": inside("membrane", variables={"V": {"reference": "x", "lowest": 0}}),
    "membrane: variable V: lowest = 0.5": inside("membrane", variables={"V": {"reference": 0.0, "lowest": 0.5}}),
    "this is not a result of stochhh": attribute(None, "stochhh_format", None),
    "stochhh_format = 9 is not": attribute(None, "stochhh_format", 9),
    "content is not what was saved": inside("provenance", seed=2),
}
DAMAGED = list(FORGERIES)[-1]  # whose digest alone is wrong


@pytest.fixture
def good(tmp_path):
    WHOLE.save(tmp_path / "good.nc")
    return tmp_path / "good.nc"


def refused(path, said, **options):
    """Loading is refused in one line that names the file and says this, and takes next to no memory."""
    tracemalloc.start()
    with pytest.raises(InputError, match=said) as refusal:
        Result.load(path, **options)
    peak = tracemalloc.get_traced_memory()[1]
    tracemalloc.stop()
    text = str(refusal.value)
    assert text.startswith(str(path)) and "\n" not in text and len(text) < 1000
    assert "Error: " not in text, text
    assert peak < 64 * 2**20, peak


def forge(data, path):
    plain = {name: {"_FillValue": None} for name in data.variables}
    data.to_netcdf(path, engine="h5netcdf", encoding=plain)


def test_the_good_file_is_read(good):
    found = Result.load(good)
    assert found.provenance == PROVENANCE and np.array_equal(found.moments.powers, POWERS)
    assert found.membrane["V"].every.count.tolist() == [16] * 3


def forged(said):
    """A dataset whose digest is right, though a run leaves none like it."""
    data = FORGERIES[said](WHOLE.to_xarray())
    told = data if said != DAMAGED else WHOLE.to_xarray()
    data.attrs["sha256"] = _digest(told.variables, told.attrs) if isinstance(told.attrs.get("provenance"), str) else "0"
    return data


@pytest.mark.parametrize("said", FORGERIES)
def test_a_forgery_is_refused(said):
    if said != DAMAGED:
        with pytest.raises(InputError, match=said):
            Result.from_xarray(forged(said))


@pytest.mark.parametrize(
    "said", [pytest.param(said, marks=[pytest.mark.slow] if i % 8 else []) for i, said in enumerate(FORGERIES)]
)
def test_a_forged_file_is_refused(tmp_path, said):
    forge(forged(said), tmp_path / "forged.nc")
    refused(tmp_path / "forged.nc", said)


@pytest.mark.parametrize(
    ("result", "said"),
    [
        (replace(WHOLE, moments=Moments(-65.0, POWERS * np.nan)), "V_powers: it contains"),
        (replace(WHOLE, moments=Moments(-65.0, POWERS[:, :2])), "size along power = 2"),
        (replace(WHOLE, moments=Moments(np.inf, POWERS)), "V_powers: attribute reference"),
        (replace(WHOLE, provenance={}), "the provenance lacks"),
        (replace(WHOLE, spikes=replace(SPIKES, n_trials=4)), "size"),
        (replace(WHOLE, traces=Traces(TIME, TRACES.values, ("V", "trial"))), "'trial'|trial"),
    ],
)
def test_what_could_not_be_read_is_not_saved(tmp_path, result, said):
    with pytest.raises((InputError, ValueError), match=said):
        result.save(tmp_path / "a.nc")
    assert not list(tmp_path.iterdir())


# --- what a file declares, against what it holds ---


def declared(name, shape, **options):
    """A change of the file that puts an array of this shape, of which nothing is written, in place of another."""

    def change(file):
        dims = [scales[0] for scales in file[name].dims if len(scales)]
        attributes = {key: value for key, value in file[name].attrs.items() if "LIST" not in key}
        del file[name]
        data = file.create_dataset(name, shape, **{"dtype": "f8", **options})
        for i, scale in enumerate(dims):
            data.dims[i].attach_scale(scale)
        data.attrs.update(attributes)

    return change


def long_text(of):
    def change(file):
        (file[of] if of else file).attrs["more"] = "x" * 20_000_000

    return change


def set_attribute(of, value):
    return lambda file: (file[of] if of else file).attrs.__setitem__("more", value)


def linked(link):
    def change(file):
        del file["V"]
        file["V"] = link

    return change


def elsewhere(file):
    """A virtual array: its numbers are another file's."""
    source = h5py.VirtualSource("other.h5", "V", shape=(3, 21))
    layout = h5py.VirtualLayout(shape=(3, 21), dtype="f8")
    layout[:] = source
    del file["V"]
    file.create_virtual_dataset("V", layout)


def zeros(file):
    """Thousands of times more numbers than bytes, and packed: only the sizes of the others give it away."""
    declared("V_powers", (2**16, 4), chunks=(2**12, 4), compression=9)(file)
    file["V_powers"][...] = np.zeros((2**16, 4))


STRUCTURES = {
    "V_powers: size along trial = 134217728": declared("V_powers", (2**27, 4)),
    "V_powers: size along trial = 65536": zeros,
    "spike_time: size along spike = 536870912": declared("spike_time", (2**29,)),
    "V_powers: it declares 96 bytes, but the file holds only 0": declared("V_powers", (3, 4)),
    "V: it declares 504 bytes": declared("V", (3, 21), chunks=(3, 21), compression=1),
    "V: type = .*: it must be float64": declared("V", (3, 21), dtype=h5py.string_dtype()),
    "V: type = ": declared("V", (3, 21), dtype="c16"),
    "V: this is a link": linked(h5py.ExternalLink("other.h5", "V")),
    "V: this is a link to": linked(h5py.SoftLink("/n")),
    "V: its values are stored in another file": elsewhere,
    "more: this is not a variable": lambda file: file.create_group("more"),
    "attribute more of the file is longer than 16 MiB": long_text(None),
    "attribute more of V is longer": long_text("V"),
    "attribute more of V_powers is not a single number": set_attribute("V_powers", np.arange(1000.0)),
    "V: attribute more = 1": set_attribute("V", 1),
}


@pytest.mark.parametrize("said", STRUCTURES)
def test_a_file_that_declares_what_it_does_not_hold(good, said):
    with h5py.File(good, "a") as file:
        STRUCTURES[said](file)
    if "longer" in said:  # such a text is in the file, and is read
        with pytest.raises(InputError, match=said):
            Result.load(good)
    else:
        refused(good, said)


def test_a_file_that_declares_gigabytes_throughout(tmp_path):
    """All sizes fit each other, and the file is small: 4 GiB, and 2^40 trials."""
    for n, said in [(2**27, "declares .* but the file holds only 0"), (2**40, "declares|cannot|n_trials")]:
        with h5py.File(tmp_path / "a.nc", "w") as file:
            provenance = PROVENANCE | {"n_trials": n}
            file.attrs.update(stochhh_format=1, state_variables="[]", provenance=json.dumps(provenance), sha256="")
            for name, dim, shape, kind in [
                ("trial", None, (n,), "i8"), ("power", None, (4,), "i8"), ("spike", None, (n,), "f4"),
                ("spike_trial", "spike", (n,), "i8"), ("spike_time", "spike", (n,), "f8"),
                ("V_powers", "trial", (n, 4), "f8"),
            ]:  # fmt: skip
                data = file.create_dataset(name, shape, kind)
                if dim is None:
                    bare = "This is a netCDF dimension but not a netCDF variable" if name == "spike" else name
                    data.make_scale(bare)
                else:
                    data.dims[0].attach_scale(file[dim])
            file["V_powers"].dims[1].attach_scale(file["power"])
        assert os.path.getsize(tmp_path / "a.nc") < 20_000
        refused(tmp_path / "a.nc", said)


def test_a_heap_in_which_hdf5_would_go_round_for_ever(good):
    """One object of no length, as free space or with a length that leads back to itself."""
    whole = good.read_bytes()
    heap = whole.index(b"GCOL\1")
    for at, damage in [(16, bytes(16)), (24, b"\xf0" + b"\xff" * 7), (16, bytes(8) + b"\1" + bytes(7))]:
        good.write_bytes(whole[: heap + at] + damage + whole[heap + at + len(damage) :])
        with good.open("rb") as file, pytest.raises(InputError, match=f"damaged at byte {heap}, in a heap"):
            _check_heaps(file.fileno())  # before HDF5 sees it
        refused(good, "in a heap of texts")


def test_more_than_the_memory_holds(good):
    assert Result.load(good, memory_limit=0.01).n_trials == 3
    refused(good, "its arrays may need .* GiB, more than the limit of 1e-06 GiB", memory_limit=1e-6)
    with pytest.raises(InputError, match="memory_limit = 0 is not allowed"):
        Result.load(good, memory_limit=0)


def test_a_packed_file_is_read(good, tmp_path):
    """What other programs make of a good file by compression is that file."""
    data = WHOLE.to_xarray()
    data.attrs["sha256"] = _digest(data.variables, data.attrs)
    packed = {name: {"_FillValue": None, "zlib": True, "complevel": 4} for name in data.variables}
    data.to_netcdf(tmp_path / "packed.nc", engine="h5netcdf", encoding=packed)
    assert np.array_equal(Result.load(tmp_path / "packed.nc").traces.values, TRACES.values)


@pytest.mark.skipif(not hasattr(os, "mkfifo"), reason="there are no named pipes here")
def test_what_is_no_ordinary_file(tmp_path):
    """A pipe without a writer, a device without an end, a folder, a loop of links."""
    os.mkfifo(tmp_path / "pipe.nc")
    (tmp_path / "loop.nc").symlink_to("loop.nc")
    for path, said in [
        (tmp_path / "pipe.nc", "is not a regular file"), ("/dev/zero", "is not a regular file"),
        (tmp_path, "is a directory"), (tmp_path / "loop.nc", "cannot be read"),
    ]:  # fmt: skip
        refused(path, said)


def damaged(whole, seed):
    """The bytes of a file with a few of them flipped, a part of zeros, a part doubled, or the end cut off."""
    rng, bad = np.random.default_rng(seed), bytearray(whole)
    kind, at = rng.integers(4), int(rng.integers(len(whole)))
    if kind == 0:
        for place in rng.integers(len(whole), size=rng.integers(1, 9)):
            bad[place] ^= 1 << int(rng.integers(8))
    elif kind == 1:
        bad[at : at + 64] = bytes(min(64, len(bad) - at))
    elif kind == 2:
        bad[at:at] = bad[at : at + int(rng.integers(1, 99))]
    else:
        del bad[at:]
    return bytes(bad)


def check_damage(good, seeds):
    whole, refusals = good.read_bytes(), 0
    right = Result.load(good).to_xarray()
    for seed in seeds:
        good.write_bytes(damaged(whole, seed))
        try:
            assert Result.load(good).to_xarray().identical(right), seed
        except InputError as error:
            text = str(error)
            assert text.startswith(str(good)) and text.isprintable() and len(text) < 1000, (seed, text)
            refusals += 1
    return refusals


def test_damage_is_seen_or_without_effect(good):
    assert check_damage(good, range(60)) > 20


@pytest.mark.slow
def test_more_damage(good):
    assert check_damage(good, range(1000, 4000)) > 1000
