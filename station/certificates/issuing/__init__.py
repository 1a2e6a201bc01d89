"""The test issuer: fresh certificates of every format for drills, demonstrations and tests."""
