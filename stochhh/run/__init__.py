"""Runs: planned as batches of trials, carried out by an executor, and joined to a result."""
