"""Room air conditioner rule 1.0.0."""
