"""Results, spike trains and recordings as files.

Would catch: a spike lost or moved by rounding, a silent last trial forgotten, a damaged or foreign file taken for a
result, a full disk that leaves half a file.
"""

import math

import numpy as np
import pytest
import xarray
from hypothesis import given
from hypothesis import strategies as st
from limits import small_files

from stochhh.errors import InputError, SimulationError
from stochhh.inputs import Recording
from stochhh.results import Moments, Result, Traces
from stochhh.spike_trains import SpikeTrains

SPIKES = SpikeTrains([1.5, 0.1, 0.1 + 0.2, 2.0], [0, 1, 1, 1], 3, 0.5, 2.0)
MOMENTS = Moments(-65.0, np.array([[1.0, 2.0, 3.0, 5.0], [0.0, 1 / 3, 0.0, 1 / 7], [-0.1, 0.01, -0.001, 0.0001]]))
TRACES = Traces(np.arange(5) * 0.1, np.random.default_rng(1).normal(size=(3, 2, 5)), ("V", "m"))
PROVENANCE = {"stochhh": "0", "backend": "jump", "seed": 2**64 - 1, "neuron": {"initial": (1, 0.1)}, "name": "µ"}
WHOLE = Result(SPIKES, MOMENTS, TRACES, PROVENANCE)
SILENT = Result(SpikeTrains([], [], 3, 0.0, 2.0), None, provenance=PROVENANCE)


def same(a, b):
    """Two results hold the same numbers, to the last bit."""
    spikes = [result.spikes.with_transient() for result in (a, b)]
    pairs = [tuple(s.time for s in spikes), tuple(s.trial for s in spikes)]
    if a.moments is not None:
        pairs += [(a.moments.powers, b.moments.powers), (a.moments.reference, b.moments.reference)]
    if a.traces is not None:
        pairs += [(a.traces.time, b.traces.time), (a.traces.values, b.traces.values)]
        assert a.traces.variables == b.traces.variables
    windows = [(r.spikes.n_trials, r.spikes.start, r.spikes.stop) for r in (a, b)]
    return windows[0] == windows[1] and all(np.array_equal(x, y) for x, y in pairs)


class TestNetCDF:
    @pytest.mark.parametrize("result", [WHOLE, SILENT, Result(SPIKES, MOMENTS, None, PROVENANCE)])
    def test_what_is_saved_is_loaded(self, tmp_path, result):
        result.save(tmp_path / "a.nc")
        loaded = Result.load(tmp_path / "a.nc")
        assert same(result, loaded)
        assert (loaded.moments is None, loaded.traces is None) == (result.moments is None, result.traces is None)
        assert [path.name for path in tmp_path.iterdir()] == ["a.nc"]

    def test_the_provenance_is_kept(self, tmp_path):
        WHOLE.save(tmp_path / "a.nc")
        kept = Result.load(tmp_path / "a.nc").provenance
        assert kept == {**PROVENANCE, "neuron": {"initial": [1, 0.1]}}

    def test_others_can_read_it(self, tmp_path):
        """xarray finds names, units and dimensions."""
        WHOLE.save(tmp_path / "a.nc")
        with xarray.open_dataset(tmp_path / "a.nc", engine="h5netcdf") as data:
            assert dict(data.sizes) == {"trial": 3, "spike": 4, "power": 4, "time": 5}
            assert data["spike_time"].attrs["units"] == "ms" and data["V"].attrs["units"] == "mV"
            assert data["V"].dims == ("trial", "time") and np.array_equal(data["V"], TRACES["V"])
            assert data["spike_trial"].attrs["instance_dimension"] == "trial"
            assert data.attrs["Conventions"].startswith("CF-")

    @pytest.mark.parametrize("result", [WHOLE, SILENT])
    def test_as_a_labelled_dataset(self, result):
        data = result.to_xarray()
        assert same(result, Result.from_xarray(data)) and data["spike_time"].attrs["observation_stop"] == 2.0
        with pytest.raises(InputError, match="this is not a result of stochhh, which has an attribute stochhh_format"):
            Result.from_xarray(xarray.Dataset(data.variables))

    @pytest.mark.slow
    def test_any_damage_is_seen(self, tmp_path):
        """Every byte of a stretch, and a sample of the others: refused in one line, or without effect."""
        WHOLE.save(tmp_path / "a.nc")
        whole = (tmp_path / "a.nc").read_bytes()
        refused = 0
        for position in [*range(0, 256), *range(256, len(whole), 41)]:
            damaged = bytearray(whole)
            damaged[position] ^= 0x55
            (tmp_path / "b.nc").write_bytes(damaged)
            try:
                assert same(WHOLE, Result.load(tmp_path / "b.nc"))
            except InputError as error:
                assert "\n" not in str(error) and str(tmp_path / "b.nc") in str(error)
                refused += 1
        assert refused > 20

    def test_a_part_of_a_file_is_refused(self, tmp_path):
        WHOLE.save(tmp_path / "a.nc")
        whole = (tmp_path / "a.nc").read_bytes()
        for part in (0, 100, len(whole) // 2, len(whole) - 1):
            (tmp_path / "b.nc").write_bytes(whole[:part])
            with pytest.raises(InputError, match=r"b\.nc"):
                Result.load(tmp_path / "b.nc")

    def test_foreign_files_are_refused(self, tmp_path):
        import h5py

        with h5py.File(tmp_path / "foreign.nc", "w") as file:
            file["spike_time"] = [1.0]
        (tmp_path / "text.nc").write_text("no netCDF")
        for name, said in [
            ("foreign.nc", "this is not a result of stochhh"),
            ("text.nc", "cannot be read"),
            ("none.nc", "does not exist"),
            (".", "is a directory"),
        ]:
            with pytest.raises(InputError, match=f"{said}.*name a netCDF file that stochhh saved"):
                Result.load(tmp_path / name)

    def test_a_format_to_come_is_refused(self, tmp_path):
        import h5py

        WHOLE.save(tmp_path / "a.nc")
        with h5py.File(tmp_path / "a.nc", "a") as file:
            file.attrs["stochhh_format"] = 4
        with pytest.raises(InputError, match=r"a\.nc: stochhh_format = 4 is not .*a newer version"):
            Result.load(tmp_path / "a.nc")

    def test_a_full_disk_leaves_what_was_there(self, tmp_path):
        SILENT.save(tmp_path / "a.nc")
        with small_files(500), pytest.raises(SimulationError, match="what stood there before is kept"):
            WHOLE.save(tmp_path / "a.nc")
        assert same(SILENT, Result.load(tmp_path / "a.nc"))
        assert [path.name for path in tmp_path.iterdir()] == ["a.nc"]

    def test_doubts_about_the_spikes_come_back(self, tmp_path):
        spikes = SpikeTrains([0.1, 0.1, 1.0, 1.0], [0, 0, 0, 0], 1, 0.5, 2.0, ("This is doubtful.",))
        Result(spikes, None, provenance=PROVENANCE).save(tmp_path / "a.nc")
        back = Result.load(tmp_path / "a.nc").spikes
        assert back.doubts == spikes.doubts and len(back.doubts) == 2 and "1 of 2 spikes" in back.doubts[1]
        assert back.with_transient().time.tolist() == [0.1, 0.1, 1.0, 1.0]

    def test_no_nan_in_the_provenance(self, tmp_path):
        with pytest.raises(ValueError):
            Result(SPIKES, MOMENTS, None, {"timing": math.nan}).save(tmp_path / "a.nc")
        assert not list(tmp_path.iterdir())


class TestSpikesAsCSV:
    def test_the_form_of_the_contract(self, tmp_path):
        SPIKES.with_transient().to_csv(tmp_path / "a.csv")
        assert (tmp_path / "a.csv").read_text() == "trial,time\n0,1.5\n1,0.1\n1,0.30000000000000004\n1,2.0\n"
        SPIKES.to_csv(tmp_path / "a.csv")
        assert (tmp_path / "a.csv").read_text() == "trial,time\n0,1.5\n1,2.0\n"
        SILENT.spikes.to_csv(tmp_path / "a.csv")
        assert (tmp_path / "a.csv").read_text() == "trial,time\n"

    def test_as_a_table(self):
        table = SPIKES.with_transient().to_dataframe()
        assert list(table) == ["trial", "time"] and table["time"].tolist() == [1.5, 0.1, 0.1 + 0.2, 2.0]
        assert SPIKES.to_dataframe()["time"].tolist() == SPIKES.time.tolist() == [1.5, 2.0]
        assert table.groupby("trial").size().tolist() == [1, 3]

    def test_there_and_back(self, tmp_path):
        SPIKES.with_transient().to_csv(tmp_path / "a.csv")
        back = SpikeTrains.from_csv(tmp_path / "a.csv", stop=2.0, start=0.5, n_trials=3)
        assert same(Result(SPIKES, None), Result(back, None))
        assert SpikeTrains.from_csv(tmp_path / "a.csv", stop=2.0).n_trials == 2

    @pytest.mark.parametrize(
        ("text", "window", "said"),
        [
            ("0,5\n", {"stop": 2.0}, "trial 0: time = 5.0 is not .* from 0 to 2"),
            ("0,1\n", {"stop": 2.0, "start": 2.0}, "start = 2.0 is not .* below stop = 2.0"),
            ("3,1\n", {"stop": 2.0, "n_trials": 2}, "trial = 3 is not .* from 0 to 1"),
            ("-1,1\n", {"stop": 2.0, "n_trials": 2}, "trial = -1 is not .* from 0 to 1"),
            ("", {"stop": 2.0}, "n_trials = 0"),
        ],
    )
    def test_refusals_name_the_file(self, tmp_path, text, window, said):
        (tmp_path / "a.csv").write_text(f"trial,time\n{text}")
        with pytest.raises(InputError, match=rf"a\.csv.*{said}"):
            SpikeTrains.from_csv(tmp_path / "a.csv", **window)


class TestEventsAsCSV:
    @given(
        st.lists(
            st.tuples(st.integers(0, 4), st.floats(0, 1e6), st.floats(-1e3, 1e3)),
        )
    )
    def test_there_and_back(self, tmp_path_factory, rows):
        path = tmp_path_factory.mktemp("events") / "a.csv"
        trial, time, jump = (np.array(column) for column in zip(*rows, strict=True)) if rows else ([], [], [])
        events = Recording(trial, time, jump, n_trials=5)
        events.to_csv(path)
        back = Recording.from_csv(path)
        assert back.n_trials == events.n_trials and not back.doubts
        for k in range(events.n_trials):
            known = events.of(k) if events.of(k)[0].size else ([0.0], [0.0])
            assert all(np.array_equal(x, y) for x, y in zip(back.of(k), known, strict=True))

    def test_trials_without_events_are_not_forgotten(self, tmp_path):
        Recording([0, 1], [0.25, 1.0], [1.0, -4.0], n_trials=4).to_csv(tmp_path / "a.csv")
        assert (tmp_path / "a.csv").read_text() == "trial,time,jump\n0,0.25,1.0\n1,1.0,-4.0\n2,0.0,0.0\n3,0.0,0.0\n"
        back = Recording.from_csv(tmp_path / "a.csv")
        assert back.n_trials == 4 and np.sum(back.of(3)) == np.sum(back.of(2)) == 0
        assert Recording.from_csv(tmp_path / "a.csv", n_trials=6).n_trials == 6

    @pytest.mark.parametrize(
        ("row", "said"),
        [("0,-1,1", "line 2: time = -1.0"), ("-1,1,1", r"trial\[0\] = -1"), ("0,1,x", "line 2: jump = 'x'")],
    )
    def test_refusals_name_the_file(self, tmp_path, row, said):
        (tmp_path / "a.csv").write_text(f"trial,time,jump\n{row}\n")
        with pytest.raises(InputError, match=rf"a\.csv.*{said}"):
            Recording.from_csv(tmp_path / "a.csv")
        with pytest.raises(InputError, match=r"a\.csv.*n_trials = 1"):
            (tmp_path / "a.csv").write_text("trial,time,jump\n3,1,1\n")
            Recording.from_csv(tmp_path / "a.csv", n_trials=1)
