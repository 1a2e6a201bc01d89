"""EU Digital COVID Certificates and their kin: Base45, zlib, COSE, CWT."""
