"""Days in, captions and the facts they state out. Not a medical device."""
