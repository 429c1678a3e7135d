"""Realisations of a synaptic input: its events, drawn merged or neuron by neuron, or what stands in for them."""
