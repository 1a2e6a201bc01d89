"""Cables: serial ports, sockets, captures and memory behind one ByteLink; their names and holders."""
