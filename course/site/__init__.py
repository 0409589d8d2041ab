"""What is made for readers: headers and stored outputs of the notebooks, their translations, README and glossary."""
