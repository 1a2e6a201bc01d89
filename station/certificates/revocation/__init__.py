"""What issuers have taken back."""
