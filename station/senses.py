"""What panel and camera say, in the words of the visit. The camera's frames end here."""

from collections.abc import Iterator
from dataclasses import replace

import numpy as np

from hardware.camera.frames import Points, Preview
from hardware.errors import CameraFault
from hardware.machine import Machine
from station.face import Face
from station.status import Command
from station.vision.watch import Sight, Watch
from station.visit import AT_WORK, RULES, Happening, Reason, State, Visit

H, S = Happening, State
Noticed = Iterator[tuple[Happening, Reason]]

STILL_S = 0.35  # from the last movement seen; hands that come and go three times a second are not gone
QUIET_S = 1.0  # after a hand was seen, the tool waits this long before it moves again by itself
FROZEN_S = 1.5  # a camera that gives the same noise for this long hangs; the person is told within 2 s
WEATHER_S = 300.0  # in which no room gets so much warmer that the distance sensor takes the platform for a box
FELT_MM = 4.0  # higher than the platform was: twice what the distance sensor may be off, and thinner than a bag
INK_BLUR_MM = 4.0  # around the ink: a preview pixel is 0.7 mm, and four are averaged
HEAD_HALF_MM = 30.0  # half the width of the tool's head, and some blur

# What the one button of the panel means, by state; anywhere else it pauses.
BUTTON: dict[State, Command] = {
    S.PAUSED: "resume",
    S.FAULT: "reset",
    S.CUT_SHORT: "reset",
    S.PASSED: "finish",
    S.NO_LABEL: "finish",
    S.TEAR: "torn",
}
OBEYED: dict[Command, Happening] = {
    "stop": H.PAUSE,
    "pause": H.PAUSE,
    "resume": H.RESUME,
    "finish": H.FINISH,
    "torn": H.TORN,
    "reset": H.RESET,
}
# Pauses that nobody asked for end by themselves, once their cause has gone.
PASSING: frozenset[Reason] = frozenset({"hand", "dark", "contact"})


class Senses:
    """Watches panel and preview. `learn_empty` first, with nothing on the platform."""

    def __init__(self, machine: Machine) -> None:
        self._machine = machine
        self._watch = Watch()
        self._preview: Preview | None = None
        self._tool_x_mm = 0.0
        self._empty_height_mm = 0.0
        self._height_learned_s = 0.0
        self.present = False
        self.box_mm: Points | None = None  # the silhouette, platform frame

    def learn_empty(self) -> None:
        """Take the picture of the platform for an empty one."""
        self._preview = self._machine.camera.preview()
        self._watch.learn_empty(self._preview)
        self._learn_height()

    def keep(self, height_mm: float) -> None:
        """Remember how the box lies as a job begins; its upper face is at `height_mm`."""
        assert self._preview is not None
        self._watch.keep(self._preview)
        outline = self._watch.outline(self._preview)
        lens = self._machine.lens.scaled(self._preview.grey.shape[1])
        self.box_mm = None if outline is None else lens.to_platform(outline, height_mm)

    # -- panel

    def panel(self, visit: Visit) -> Noticed:
        """Emergency stop, guard, supply and button, and whatever they did since the last look."""
        panel = self._machine.panel
        stopped, opened = panel.emergency_stop.take_opening(), panel.guard.take_opening()
        if stopped:
            yield H.FAULT, "emergency_stop"
        if opened and self._machine.carriage is not None and RULES[visit.state].moves:
            yield H.PAUSE, "guard"
        if visit.state is S.SETTLED and self._machine.weak_supply():
            yield H.PAUSE, "power"  # a computer that restarts in mid-job leaves a wet tool on the box
        if panel.button.take_press():
            yield from self.command(BUTTON.get(visit.state, "pause"))

    def command(self, command: Command) -> Noticed:
        """What a command means; none while the guard or the emergency stop says no."""
        panel = self._machine.panel
        if command == "reset" and panel.emergency_stop.pressed:
            return
        if command == "resume" and self._machine.carriage is not None and not panel.guard.closed:
            return
        yield OBEYED[command], "stopped" if OBEYED[command] is H.PAUSE else ""

    # -- camera

    def camera(self, visit: Visit, face: Face, parked: bool) -> Noticed:
        """What one preview frame means. Raises `CameraFault` when the camera hangs."""
        self._preview = self._machine.camera.preview()
        felt = self._stands_higher()
        sight = self._watch.update(self._preview, [] if parked else self._tool_px(face.height_mm), felt)
        sight = replace(sight, present=sight.present or felt)
        self.present = sight.present
        if sight.frozen_s > FROZEN_S:
            raise CameraFault("the camera gives the same frame again and again: check its cable, restart the station")
        if visit.state in {S.STARTING, S.EMPTY} and not parked:
            return
        if visit.state is S.EMPTY and not sight.present and self._height_is_old():
            self._learn_height()
        if sight.dark:
            yield H.PAUSE, "dark"
        elif visit.state is S.PAUSED:
            yield from self._after_pause(visit, face, sight)
        elif parked and not sight.present and sight.still_s >= STILL_S:
            yield H.GONE, ""
        else:
            yield from _on_the_platform(visit.state, sight)

    def _learn_height(self) -> None:
        if not self.present:  # what was left on the platform belongs to it, but is not the platform
            self._machine.panel.learn_empty()
        self._empty_height_mm = self._machine.panel.height_mm()
        self._height_learned_s = self._machine.clock.now_s()

    def _height_is_old(self) -> bool:
        return self._machine.clock.now_s() > self._height_learned_s + WEATHER_S

    def _stands_higher(self) -> bool:
        """A black bag on a dark platform is not seen, but it is felt."""
        return self._machine.panel.height_mm() > self._empty_height_mm + FELT_MM

    def _after_pause(self, visit: Visit, face: Face, sight: Sight) -> Noticed:
        if sight.still_s < QUIET_S or self._preview is None:
            return
        hidden = self._worked_on(face)
        if self._watch.reached_into(self._preview, hidden):
            return
        if self._watch.shifted(self._preview, hidden):
            yield (H.SHIFTED if sight.present else H.GONE), ""
        elif visit.paused_for in PASSING or self._guard_shut_before_work(visit) or self._supply_is_back(visit):
            yield H.RESUME, ""

    def _guard_shut_before_work(self, visit: Visit) -> bool:
        """A lid shut over a new box starts the job; a lid opened in mid-job wants a press of the button as well."""
        return visit.paused_for == "guard" and visit.resume_to is S.SETTLED and self._machine.panel.guard.closed

    def _supply_is_back(self, visit: Visit) -> bool:
        return visit.paused_for == "power" and not self._machine.weak_supply()

    def _worked_on(self, face: Face) -> list[Points]:
        """Where the picture differs because of the station itself: fresh ink, the tool."""
        ink = [self._to_px(area, face.height_mm) for area in [*face.swaths_mm(INK_BLUR_MM), *face.inked_mm]]
        return ink + self._tool_px(face.height_mm)

    def _tool_px(self, height_mm: float) -> list[Points]:
        """The band of the picture in which head and beam are or were a frame ago, from top to bottom.

        The head is somewhere between face and beam; the beam, so much nearer to the camera, is seen far outwards.
        """
        if self._machine.carriage is None:
            return []
        assert self._preview is not None
        x, _ = self._machine.carriage.axes.position_mm
        xs, self._tool_x_mm = sorted((x, self._tool_x_mm)), x
        ends = np.array([[xs[0] - HEAD_HALF_MM, 0.0], [xs[1] + HEAD_HALF_MM, 0.0]])
        heights_mm = (height_mm, self._machine.tool.beam_height_mm)
        seen = np.vstack([self._to_px(ends, each) for each in heights_mm])[:, 0]
        left, right, bottom = seen.min(), seen.max(), float(self._preview.grey.shape[0])
        return [np.array([[left, 0.0], [right, 0.0], [right, bottom], [left, bottom]])]

    def _to_px(self, points_mm: Points, height_mm: float) -> Points:
        assert self._preview is not None
        return self._machine.lens.scaled(self._preview.grey.shape[1]).to_pixels(points_mm, height_mm)


def _on_the_platform(state: State, sight: Sight) -> Noticed:
    """What a frame with something on the platform means to a visit that is not paused."""
    if sight.present:
        yield H.BOX, ""
    if sight.moving:
        yield (H.PAUSE, "hand") if state in AT_WORK - {S.SETTLED} else (H.MOVING, "")
    elif sight.still_s >= STILL_S:
        yield H.STILL, ""
