"""Execute notebooks: kernels, results, the table and the pages of a run."""
