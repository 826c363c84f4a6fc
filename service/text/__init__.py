"""What a person reads in a terminal, in Chinese or English."""
