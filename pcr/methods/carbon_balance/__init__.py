"""Carbon balance (碳平衡): a released version per folder."""
