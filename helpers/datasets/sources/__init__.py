"""Data sets from files and addresses: downloads with a hash, archives, tables of readings, records, and their cache."""
