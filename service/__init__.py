"""Unstuck: peer matching and action tracking for networks of senior public-sector leaders."""
