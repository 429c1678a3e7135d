"""Statistics of spike trains."""
