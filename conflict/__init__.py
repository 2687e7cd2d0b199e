"""What an event, a claim, a place, a date, a question and a ceasefire are: plain values and pure rules, no I/O."""
