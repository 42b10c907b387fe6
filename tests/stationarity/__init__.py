"""Tests of stationary points."""
