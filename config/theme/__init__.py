"""The design system: tokens, components and pictograms, shared by kiosk and board."""
