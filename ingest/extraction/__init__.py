"""Text to events: one linear pass of rules over tagged tokens, with the sentence that each event rests on."""
