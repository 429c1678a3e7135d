"""Results set against each other: differences, margins, verdicts, distances of distributions and of trains."""
