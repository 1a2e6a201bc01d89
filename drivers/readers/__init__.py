"""Code and passport readers on serial lines: byte codecs, what is said to them, the reading loop."""
