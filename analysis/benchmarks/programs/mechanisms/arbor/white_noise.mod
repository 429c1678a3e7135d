: White noise, added to v as it is: sd in mV / sqrt(ms)

NEURON {
    VOLTAGE_PROCESS white_noise
    RANGE sd
}
PARAMETER { sd = 0 }
STATE { w }
ASSIGNED { last }
WHITE_NOISE { zeta }
INITIAL {
    w = 0
    last = 0
}
BREAKPOINT {
    SOLVE noise METHOD stochastic
    v = v + w - last
    last = w
}
DERIVATIVE noise { w' = sd * zeta }
