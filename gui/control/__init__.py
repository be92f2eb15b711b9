"""Intents to jobs, and results to views."""
