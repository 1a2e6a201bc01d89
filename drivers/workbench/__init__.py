"""What a technician does with a device: probe it, watch it, play a capture of it back."""
