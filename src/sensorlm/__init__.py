"""SensorLM in the open: day-long wearable recordings into language and back. Not a medical device."""

__version__ = "0.1.0"
