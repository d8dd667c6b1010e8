"""The capabilities: what JavaScript may ask of the outside, each in a file of its own."""
