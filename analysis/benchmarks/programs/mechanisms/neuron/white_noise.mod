: A constant current and white noise, drawn anew in every step, nA

NEURON {
    THREADSAFE
    POINT_PROCESS WhiteNoise
    NONSPECIFIC_CURRENT i
    RANGE mean, sd
    RANDOM rng
}
UNITS { (nA) = (nanoamp) }
PARAMETER {
    mean = 0 (nA)
    sd = 0 (nA)
}
ASSIGNED {
    i (nA)
    drawn (nA)
}
INITIAL { drawn = 0 }
BEFORE BREAKPOINT { drawn = mean + sd * random_normal(rng) }
BREAKPOINT { i = -drawn }
