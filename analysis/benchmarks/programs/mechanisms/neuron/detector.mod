: A spike is v crossing level from below while armed; armed again when v falls below rearm, mV

NEURON {
    THREADSAFE
    POINT_PROCESS Detector
    RANGE level, rearm
}
UNITS { (mV) = (millivolt) }
PARAMETER {
    level = 0 (mV)
    rearm = -30 (mV)
}
ASSIGNED { v (mV) }
INITIAL { net_send(0, 1) }
NET_RECEIVE(weight) {
    if (flag == 1) {
        WATCH (v > level) 2
    } else if (flag == 2) {
        net_event(t)
        WATCH (v < rearm) 1
    }
}
