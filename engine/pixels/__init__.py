"""Pixels as files have them: depths, colours, modes and limits."""
