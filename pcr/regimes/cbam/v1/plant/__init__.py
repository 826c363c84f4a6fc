"""From the installation file to the installation the accounting takes: streams, energy, precursors, processes."""
