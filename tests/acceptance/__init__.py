"""The program as people use it: the real command, the real process, real HTTP, a real database."""
