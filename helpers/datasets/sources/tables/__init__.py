"""Tables of real patients that are downloaded: one module a source, all read by the same few functions."""
