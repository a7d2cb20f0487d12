"""The commands: each parses, calls core, prints."""
