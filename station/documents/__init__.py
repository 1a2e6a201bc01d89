"""Machine-readable travel documents: parsing, check digits, transliteration."""
