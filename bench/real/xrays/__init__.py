"""As good on real X-rays as 28 pixels allow: recipes compared without the test set. The protocol is docs/xrays.md."""
