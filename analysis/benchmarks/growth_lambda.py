"""How does the time grow with the number of events in a ms, at equal mean and variance of the input?

The weights change like 1/sqrt(Lambda), so that the neuron stays the same neuron. stochhh's jump, for one trial alone
and for a block of them, beside plain C++ that goes from event to event and Brian2 that steps on a grid of 0.01 ms; the
diffusion does not know Lambda.

    python analysis/benchmarks/growth_lambda.py --out out/benchmarks      prints one JSON object
"""

import json

from bench import PEERS, Unavailable, asked, run, say, spread

LAMBDA = (1, 5, 25, 100, 400, 1000)  # 1/ms
# (label, program, job, trials, simulated time in ms times Lambda at most, ms at most)
PROGRAMS = (
    ("jump", "stochhh", "jump", 64, 250_000, 5000.0),
    ("jump, one trial", "stochhh", "jump", 1, 2_000_000, 5000.0),
    ("diffusion", "stochhh", "diffusion", 64, float("inf"), 2000.0),
    ("jump", "cpp", "jump", 4, 250_000, 5000.0),
    ("jump", "brian2", "jump", 64, 250_000, 1000.0),
)


def main():
    options = asked(__doc__)
    curves = {}
    for _ in range(options.repeats):
        for label, name, job, trials, most_events, longest in PROGRAMS:
            if options.only is not None and name not in options.only:
                continue
            curve = curves.setdefault(f"{name} {label}", {"title": PEERS[name]["title"], "job": label, "points": {}})
            for events in LAMBDA:
                duration = round(min(longest, most_events / events) / (10 if options.quick else 1))
                try:
                    answer, _ = run(
                        name, job, options, trials=trials, duration=duration, seed=options.seed, events=events
                    )
                except Unavailable as error:
                    curve["unavailable"] = str(error)
                    break
                seconds = answer["cpu_s"] / trials / duration * 1000
                curve["points"].setdefault(events, []).append(seconds)
                say(f"growth with Lambda: {curve['title']} {label}, {events}/ms: {seconds:.4g} s per simulated second")
    for curve in curves.values():
        curve["points"] = {events: spread(values) for events, values in curve["points"].items()}
    print(json.dumps({"unit": "s per simulated second and trial, one core", "curves": curves}))


if __name__ == "__main__":
    main()
