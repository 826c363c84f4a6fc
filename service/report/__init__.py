"""Reports: one record as one self-contained page, in Chinese or English, for the screen and for paper."""
