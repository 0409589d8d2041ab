"""What one notebook alone needs: a package for each."""
