: A constant current, nA, and the charge of all presynaptic spikes that arrive in a step; weights are charges, nA ms

NEURON {
    THREADSAFE
    POINT_PROCESS Kick
    NONSPECIFIC_CURRENT i
    RANGE mean
}
UNITS { (nA) = (nanoamp) }
PARAMETER { mean = 0 (nA) }
ASSIGNED {
    i (nA)
    dt (ms)
    charge (nA ms)
    injected (nA)
}
INITIAL {
    charge = 0
    injected = 0
}
BEFORE BREAKPOINT {
    injected = mean + charge / dt
    charge = 0
}
BREAKPOINT { i = -injected }
NET_RECEIVE(weight (nA ms)) { charge = charge + weight }
