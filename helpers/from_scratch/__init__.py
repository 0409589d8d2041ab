"""What the libraries compute, written out in NumPy to be read: dense layers, convolution, recurrent steps."""
