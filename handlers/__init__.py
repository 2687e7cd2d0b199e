"""One thin module for each thing a person can say to the bot."""
