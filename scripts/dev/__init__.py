"""The parts of ./dev. Python 3.11, standard library only."""
