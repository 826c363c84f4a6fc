"""Treatment of production waste (生产废物处理)."""
