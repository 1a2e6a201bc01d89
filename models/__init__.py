"""Local inference: MRZ locator and reader, QR reading, image quality."""
