"""Statistics of the membrane: what is kept in place of a trace, moments, density, autocovariance, spectrum."""
