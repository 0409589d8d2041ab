"""What is generated for readers: the notebooks' headers and stored outputs, the README, the glossary."""
