"""What a busy core does to the steps: `python -m tests.rig.gpio.late 20` plays a line at full rate for 20 s beside a
process that never rests, and prints how many chunks and how many steps came late, and how much memory lgpio kept.
"""

import resource
import subprocess
import sys

import numpy as np

from hardware.errors import MotionFault
from hardware.motion.gpio.chip import Chip
from hardware.motion.profile import CHUNK_S, chunks
from tests.rig.gpio import axes as rig
from tests.rig.gpio.world import Recorder

BUSY = "while True: sum(range(10_000))"


def main(seconds: float) -> None:
    chip = Chip(rig.RUNTIME)
    axes = rig.axes(chip)
    speed_mm_s = rig.SETUP.limits.travel_mm_s
    corners = [[300.0, 300.0], [0.0, 0.0]] * round(seconds * speed_mm_s / 850)
    expected = sum(len(chunk.times_s) for chunk in chunks(np.array([[0, 0], *corners]), speed_mm_s, rig.SETUP.limits))
    before_kb = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    busy = subprocess.Popen([sys.executable, "-c", BUSY])
    late_chunks = 0
    with Recorder() as recorder:
        try:
            for _ in axes.run(np.array(corners), speed_mm_s):
                pass
        except MotionFault as fault:
            late_chunks = 1
            print(fault)
    busy.kill()
    kept_kb = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss - before_kb
    axes.close()
    chip.close()
    steps = [np.array(recorder.rises_us(pin)) for pin in (rig.STEP_X, rig.STEP_Y)]
    apart_us = np.concatenate([np.diff(times) for times in steps])
    shortest_us = 1e6 / rig.SETUP.limits.max_steps_s
    print(f"steps: {sum(map(len, steps))} of {expected}; late chunks (of {CHUNK_S} s): {late_chunks}")
    print(f"nearer than 0.7 of {shortest_us:g} us to the one before: {(apart_us < 0.7 * shortest_us).sum()}")
    print(f"nearest: {apart_us.min()} us; 1st percentile: {np.percentile(apart_us, 1):.0f} us; memory +{kept_kb} kB")


if __name__ == "__main__":
    main(float(sys.argv[1]))
