: The charge of the presynaptic spikes that arrived in the last step, injected in one step; weights in mV

NEURON {
    POINT_PROCESS kick
    NONSPECIFIC_CURRENT i
    RANGE per_mV
}
PARAMETER { per_mV = 0 (nA) }
STATE { received }
ASSIGNED { injected }
INITIAL {
    received = 0
    injected = 0
}
BREAKPOINT {
    i = -(received - injected) * per_mV
    injected = received
}
NET_RECEIVE(weight) { received = received + weight }
