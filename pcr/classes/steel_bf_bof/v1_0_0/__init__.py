"""Long-route steel rule 1.0.0."""
