"""Companies, their people and keys: who calls, what they may do, and what they did."""
