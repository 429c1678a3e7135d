// One neuron after another in plain scalar C++: std::exp, std::normal_distribution, std::mt19937_64.
//
//   hodgkin_huxley diffusion|jump|per-neuron TRIALS DURATION SEED INPUTS EVENTS SPIKES
//
// diffusion:  Euler-Maruyama, dt = 0.01 ms.
// jump:       the merged Poisson process at its exact times; Runge-Kutta steps of order 4, at most 0.05 ms, between.
// per-neuron: every presynaptic neuron draws a random number in every step, every spike one for its transmission.
// Prints wall and processor seconds; writes the spikes as trial,time.

#include <algorithm>
#include <chrono>
#include <cmath>
#include <cstdio>
#include <cstdlib>
#include <ctime>
#include <random>
#include <string>
#include <vector>

constexpr double g_Na = 120, g_K = 36, g_L = 0.3, E_Na = 50, E_K = -77, E_L = -54.387, I_app = 3;  // C_m = 1
constexpr double p = 0.5, threshold = 0, rearm = -30, dt = 0.01;                                  // 1, mV, ms

// Events in a ms and the weights (mV) that keep mean and variance: those of 20 and 5 events with 0.1 and -0.4 mV.
struct Drive {
    double lambda_exc, lambda_inh, w_exc, w_inh;
    explicit Drive(double events)
        : lambda_exc(0.8 * events), lambda_inh(0.2 * events), w_exc(0.1 * std::sqrt(25 / events)),
          w_inh(-0.4 * std::sqrt(25 / events)) {}
    double events() const { return lambda_exc + lambda_inh; }
};

struct State { double V, m, h, n; };
struct Spike { int trial; double time; };

State field(const State& x) {
    const double u = x.V + 40, s = x.V + 55;
    const double alpha_m = u == 0 ? 1.0 : 0.1 * u / (1 - std::exp(-u / 10));
    const double beta_m = 4 * std::exp(-(x.V + 65) / 18);
    const double alpha_h = 0.07 * std::exp(-(x.V + 65) / 20);
    const double beta_h = 1 / (1 + std::exp(-(x.V + 35) / 10));
    const double alpha_n = s == 0 ? 0.1 : 0.01 * s / (1 - std::exp(-s / 10));
    const double beta_n = 0.125 * std::exp(-(x.V + 65) / 80);
    const double n2 = x.n * x.n;
    return {I_app - g_Na * x.m * x.m * x.m * x.h * (x.V - E_Na) - g_K * n2 * n2 * (x.V - E_K) - g_L * (x.V - E_L),
            alpha_m * (1 - x.m) - beta_m * x.m, alpha_h * (1 - x.h) - beta_h * x.h,
            alpha_n * (1 - x.n) - beta_n * x.n};
}

State moved(const State& x, const State& k, double h) {
    return {x.V + h * k.V, x.m + h * k.m, x.h + h * k.h, x.n + h * k.n};
}

State runge_kutta(const State& x, double h) {
    const State k1 = field(x), k2 = field(moved(x, k1, h / 2)), k3 = field(moved(x, k2, h / 2));
    const State k4 = field(moved(x, k3, h));
    return {x.V + h / 6 * (k1.V + 2 * k2.V + 2 * k3.V + k4.V), x.m + h / 6 * (k1.m + 2 * k2.m + 2 * k3.m + k4.m),
            x.h + h / 6 * (k1.h + 2 * k2.h + 2 * k3.h + k4.h), x.n + h / 6 * (k1.n + 2 * k2.n + 2 * k3.n + k4.n)};
}

// V crossing the threshold from below while armed; armed again below rearm.
struct Detector {
    std::vector<Spike>& spikes;
    int trial;
    bool armed = true;
    void watch(double before, double after, double time, double step) {
        if (armed && after >= threshold) {
            spikes.push_back({trial, time + (threshold - before) / (after - before) * step});
            armed = false;
        }
        if (after < rearm) armed = true;
    }
};

const State initial{-65, 0.05, 0.6, 0.32};

void diffusion(double duration, const Drive& in, std::mt19937_64& random, Detector& detector) {
    const double mean = in.lambda_exc * in.w_exc + in.lambda_inh * in.w_inh;
    const double sd = std::sqrt((in.lambda_exc * in.w_exc * in.w_exc + in.lambda_inh * in.w_inh * in.w_inh) * dt);
    std::normal_distribution<double> normal;
    State x = initial;
    const long steps = std::lround(duration / dt);
    for (long i = 0; i < steps; ++i) {
        const double before = x.V;
        x = moved(x, field(x), dt);
        x.V += mean * dt + sd * normal(random);
        detector.watch(before, x.V, i * dt, dt);
    }
}

void jump(double duration, const Drive& in, std::mt19937_64& random, Detector& detector) {
    std::exponential_distribution<double> gap(in.events());
    std::uniform_real_distribution<double> uniform;
    State x = initial;
    double t = 0;
    while (t < duration) {
        const double event = t + gap(random), end = std::min(event, duration);
        while (t < end) {
            const double step = std::min(end - t, 0.05), before = x.V;
            x = runge_kutta(x, step);
            detector.watch(before, x.V, t, step);
            t = end - t > 0.05 ? t + step : end;
        }
        if (event > duration) return;
        const double before = x.V;
        x.V += uniform(random) * in.events() < in.lambda_exc ? in.w_exc : in.w_inh;
        detector.watch(before, x.V, t, 0);
    }
}

void per_neuron(double duration, int inputs, const Drive& in, std::mt19937_64& random, Detector& detector) {
    const int excitatory = inputs * 4 / 5;
    const double chance = in.events() / p / inputs * dt;  // of a presynaptic spike in a step
    std::uniform_real_distribution<double> uniform;
    State x = initial;
    const long steps = std::lround(duration / dt);
    for (long i = 0; i < steps; ++i) {
        const double before = x.V;
        x = moved(x, field(x), dt);
        for (int k = 0; k < inputs; ++k)
            if (uniform(random) < chance && uniform(random) < p) x.V += k < excitatory ? in.w_exc : in.w_inh;
        detector.watch(before, x.V, i * dt, dt);
    }
}

int main(int, char** argument) {
    const std::string job = argument[1];
    const int trials = std::atoi(argument[2]), inputs = std::atoi(argument[5]);
    const double duration = std::atof(argument[3]);
    const Drive in(std::atof(argument[6]));
    std::mt19937_64 random(std::strtoull(argument[4], nullptr, 10));
    std::vector<Spike> spikes;
    const auto wall = std::chrono::steady_clock::now();
    const std::clock_t cpu = std::clock();
    for (int trial = 0; trial < trials; ++trial) {
        Detector detector{spikes, trial};
        if (job == "diffusion") diffusion(duration, in, random, detector);
        else if (job == "jump") jump(duration, in, random, detector);
        else per_neuron(duration, inputs, in, random, detector);
    }
    const double cpu_s = double(std::clock() - cpu) / CLOCKS_PER_SEC;
    const double wall_s = std::chrono::duration<double>(std::chrono::steady_clock::now() - wall).count();
    std::FILE* file = std::fopen(argument[7], "w");
    if (!file) return 1;
    std::fputs("trial,time\n", file);
    for (const Spike& spike : spikes) std::fprintf(file, "%d,%.17g\n", spike.trial, spike.time);
    std::fclose(file);
    std::printf("%.6f %.6f\n", wall_s, cpu_s);
}
