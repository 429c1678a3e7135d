"""Integrators of an equation: from event to event, or on a grid of equal steps."""
