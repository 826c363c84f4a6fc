"""CBAM accounting, version 1: IR (EU) 2025/2547 as far as transcriptions of it were seen. Not a footprint.

Other boundary, factors and electricity than a life-cycle footprint; the same exact numbers and the same solver.
"""
