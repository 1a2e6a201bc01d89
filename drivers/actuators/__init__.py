"""What a station switches and prints: relay boards, slip printers."""
