"""Unit vectors and labels in, answers and their metrics out. No model is ever seen here, only an Embedder."""
