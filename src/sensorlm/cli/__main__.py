"""`python -m sensorlm.cli`, for torchrun."""

from sensorlm.cli import main

if __name__ == "__main__":
    main()
