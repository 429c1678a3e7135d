"""What are all the statistics of the spikes that I recorded?

FILE is a CSV with the header `trial,time` (ms), or any file that Neo reads (it takes the package neo), one spike train
a trial. Every number of stochhh.statistics that spikes alone can give is printed with its 95 % interval by trial, and
written as a table; the figure shows the trains, their interspike intervals, their memory, counts and
spectrum, and its curves are written too. Without FILE a neuron is simulated, written to a file, and read back.

Change START, STOP and N_TRIALS to what was observed, and UNIT to the unit of the file: a CSV does not say it. STOP =
None takes the last spike, and so a window that ends with a spike, a little too short. TRIALS names the trials of a CSV
that does not number them from 0.

    python analysis/spike_file.py spikes.csv --out out
"""

import pandas as pd

import stochhh as sh
from stochhh import statistics
from stochhh.plotting import spike_train_curves, spike_train_figure
from stochhh.script import main, save_figure

START, STOP = 0.0, None  # the window of observation, ms
N_TRIALS = None  # None: as many as the last trial with a spike says
TRIALS = None  # range(1, 21), [101, 205, 333], ...; None: numbered from 0
UNIT = None  # unit of a CSV: "ms", "s" or "us"; None: ms, and times that are plainly seconds are refused
STATISTICS = (
    *("rate", "isi_mean", "cv", "cv2", "lv", "lvr", "isi_skewness", "isi_kurtosis", "log_isi_mean", "log_isi_sd"),
    *("fano_factor", "spectrum_at_zero", "renewal_limit"),
    *("response_probability", "latency", "jitter", "latency_median"),  # of the first spike
)


def make(options):
    spikes = example(options) if options.file is None else read(options.file)
    print(f"{spikes.n_trials} trials, {spikes.time.size} spikes, from {spikes.start:g} to {spikes.stop:g} ms")
    print(*(f"Doubt: {doubt}" for doubt in spikes.doubts), "", sep="\n")
    estimates = [getattr(statistics, name)(spikes) for name in STATISTICS]
    for estimate in estimates:
        print(estimate)
    trains = {f"{spikes.n_trials} trials": spikes}
    curves = spike_train_curves(trains)
    for name, found in curves.items():
        for curve in found.values():
            write(options, f"spike_file_{name}", curve.to_dataframe().assign(reason=curve.reason or ""))
    rows = [{"statistic": e.name, "n": e.n, "method": e.method} | e.as_dict() for e in estimates]
    save_figure(spike_train_figure(trains, found=curves), options, "spike_file", rows)


def read(path):
    """SpikeTrains from a CSV, or from whatever Neo knows."""
    if path.suffix.lower() == ".csv":
        given = {"n_trials": N_TRIALS, "trials": TRIALS}
        stop = sh.SpikeTrains.from_csv(path, stop=1e15, unit=UNIT or "ms", **given).time.max() if STOP is None else STOP
        return sh.SpikeTrains.from_csv(path, start=START, stop=float(stop), unit=UNIT, **given)
    try:
        import neo

        block = neo.get_io(str(path)).read_block()
    except Exception as error:  # every format of Neo fails in its own way
        raise sh.InputError(f"{path}: neither a .csv nor a file that Neo reads here: {error!r}") from error
    return sh.SpikeTrains.from_neo(block)


def example(options):
    """What a user would have: here the neuron of the question under its jumps."""
    run = {"duration": 5_000.0, "n_trials": 20 if options.quick else 200, "seed": options.seed}
    path = options.out / "spike_file_spikes.csv"
    question = sh.Experiment.example("question")
    question.simulate("jump", transient=0.0, progress=False, **run).spikes.to_csv(path)
    print(path)
    return sh.SpikeTrains.from_csv(path, stop=run["duration"], n_trials=run["n_trials"])


def write(options, stem, rows):
    path = options.out / f"{stem}.csv"
    pd.DataFrame(rows).to_csv(path, index=False)
    print(path)


if __name__ == "__main__":
    main(make, __doc__, file="spikes: a CSV with the header `trial,time`, or a file that Neo reads")
