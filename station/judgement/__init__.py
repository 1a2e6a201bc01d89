"""Holder matching, and evidence + rule set -> verdict with reasons."""
