"""Room air conditioners (房间空调器)."""
