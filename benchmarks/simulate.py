"""Simulated days a second on one core: `OMP_NUM_THREADS=1 python benchmarks/simulate.py`. Aim: at least 200."""

import platform
import time

from sensorlm.simulate import DEVICES, simulate_person

PEOPLE, DAYS = 40, 7


def days_per_second(devices):
    for i in range(3):  # first calls load SciPy
        simulate_person(1, i, DAYS, devices=devices)
    start = time.process_time()
    for i in range(PEOPLE):
        simulate_person(1, i, DAYS, devices=devices)
    return PEOPLE * DAYS / (time.process_time() - start)


if __name__ == "__main__":
    print(platform.processor() or platform.machine(), platform.python_version())
    for devices in (None, *([name] for name in DEVICES)):
        print(f"{devices[0] if devices else 'usual mix':18s} {days_per_second(devices):7.0f} days/s")
