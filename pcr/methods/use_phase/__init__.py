"""Use phase (使用阶段)."""
