"""The compiled loops: arrays, numbers and compiled functions in, arrays out."""
