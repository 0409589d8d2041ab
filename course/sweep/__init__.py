"""Studies: one notebook run with many values, on this machine or on a cluster, and the comparison of what came out."""
