"""Energy balance (能量平衡)."""
