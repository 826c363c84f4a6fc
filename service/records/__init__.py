"""Records (核算记录): sections, digests, names, verification. The format is described in docs/records.md."""
