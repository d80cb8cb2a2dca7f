"""Frozen, keyword-only configurations: plain values in, checked values out. No torch, no files."""
