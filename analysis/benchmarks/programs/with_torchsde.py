"""torchsde, float64, on the CPU, one thread: sdeint with additive noise, all trials in one batch, 20 ms at a time."""

import task

task.one_thread()
import torch  # noqa: E402
import torchsde  # noqa: E402

STEPS = 2000  # in one call


def linoid(u):
    return torch.where(u.abs() < 1e-7, 1.0, -u / torch.expm1(-u))


class HodgkinHuxley:
    """The neuron as torchsde wants it: drift f, shape (trials, 4), and diffusion g, shape (trials, 4, 1)."""

    noise_type, sde_type = "additive", "ito"

    def __init__(self, trials):
        self.sd = torch.zeros(trials, 4, 1, dtype=torch.float64)
        self.sd[:, 0, 0] = task.KAPPA_2**0.5

    def f(self, t, x):
        V, m, h, n = x.unbind(1)
        return torch.stack(
            [
                task.I_APP
                + task.KAPPA_1
                - task.G_NA * m**3 * h * (V - task.E_NA)
                - task.G_K * n**4 * (V - task.E_K)
                - task.G_L * (V - task.E_L),
                linoid((V + 40) / 10) * (1 - m) - 4 * torch.exp(-(V + 65) / 18) * m,
                0.07 * torch.exp(-(V + 65) / 20) * (1 - h) - h / (1 + torch.exp(-(V + 35) / 10)),
                0.1 * linoid((V + 55) / 10) * (1 - n) - 0.125 * torch.exp(-(V + 65) / 80) * n,
            ],
            dim=1,
        )

    def g(self, t, x):
        return self.sd


def main():
    options = task.asked("diffusion")
    torch.set_num_threads(1)
    torch.manual_seed(options.seed)
    watch, crossings = task.Stopwatch(), ([], [])
    x = torch.tensor(task.INITIAL, dtype=torch.float64).repeat(options.trials, 1)
    times = torch.arange(STEPS + 1, dtype=torch.float64) * task.DT
    with watch.part("run"), torch.no_grad():
        for i in range(round(options.duration / task.DT / STEPS)):
            path = torchsde.sdeint(HodgkinHuxley(options.trials), x, times, dt=task.DT, method="euler")
            x = path[-1]
            for level, found in zip((task.THRESHOLD, task.REARM), crossings, strict=True):
                found += task.upward_crossings(path[:, :, 0].numpy(), level, i * STEPS * task.DT)
        spikes = task.with_hysteresis(*crossings)
    task.answer(options, "Euler-Maruyama", watch, spikes, ["torchsde", "torch", "numpy"])


if __name__ == "__main__":
    main()
