"""A checkpoint in, ONNX files of both towers and the decoder out, checked against it, and run without torch."""
