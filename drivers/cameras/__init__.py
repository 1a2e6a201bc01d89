"""Cameras: the process that holds one, the loop that keeps its newest picture, and what is wrong with pictures."""
