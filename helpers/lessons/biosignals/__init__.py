"""What notebook 12 needs: beats of the heart and their rhythm, and the onset of seizures."""
