"""Rule for products without a rule of their own, 1.0.0."""
