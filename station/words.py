"""What the person is told in every state, zh-CN and en, and the sign and tone that say it without words.

The sentences follow the notice on the wall: they claim only what was seen.
"""

from dataclasses import dataclass

from station.status import Sign, Tone
from station.visit import Reason, State, Visit


@dataclass(frozen=True)
class Saying:
    """One state in words: a title in very large type and one line of what to do."""

    tone: Tone
    sign: Sign
    zh: tuple[str, str]
    en: tuple[str, str]


S = State

SAYINGS: dict[State, Saying] = {
    S.STARTING: Saying(
        "work",
        "pause",
        ("正在启动", "请勿放入纸箱，关好护盖"),
        ("Starting", "Keep the platform clear and the guard shut"),
    ),
    S.CUT_SHORT: Saying(
        "stop",
        "fault",
        ("上一次没有做完", "取下纸箱，检查面单，再按“复位”"),
        ("The last visit was cut short", "Take the box off, look at its label, then press reset"),
    ),
    S.EMPTY: Saying(
        "idle",
        "place",
        ("擦掉面单，再扔纸箱", "面单朝上，放在框内"),
        ("Erase the label before you bin the box", "Label up, inside the frame"),
    ),
    S.ARRIVING: Saying(
        "work", "place", ("请放好纸箱", "放稳后把手拿开"), ("Put the box down", "Then take your hands away")
    ),
    S.HANDS: Saying(
        "act", "hands", ("请把手拿开", "纸箱放稳后才会开始"), ("Hands away, please", "It starts once all is still")
    ),
    S.SETTLED: Saying("work", "look", ("正在查看", "请勿移动"), ("Looking", "Do not move the box")),
    S.LOOKING: Saying("work", "look", ("正在查看", "请勿移动"), ("Looking", "Do not move the box")),
    S.NO_LABEL: Saying("act", "search", ("没看到面单", "请换一面"), ("No label seen", "Try another side")),
    S.MOVE: Saying("act", "move", ("请移动纸箱", "按箭头方向移动"), ("Move the box", "Follow the arrow")),
    S.MARKING: Saying("work", "draw", ("正在涂抹", "请勿移动"), ("Erasing", "Do not move the box")),
    S.DRYING: Saying("work", "dry", ("墨水未干", "请稍等"), ("Ink is drying", "Please wait")),
    S.CHECKING: Saying("work", "check", ("正在检查", "请勿移动"), ("Checking", "Do not move the box")),
    S.PASSED: Saying(
        "done",
        "turn",
        ("这一面已涂掉", "请翻面，检查其他面"),
        ("This side is done", "Turn the box to check another side"),
    ),
    S.TURNING: Saying(
        "act", "turn", ("请放下另一面", "没有别的面单就可以拿走"), ("Another side?", "Put it back, or take it away")
    ),
    S.LIFTED: Saying("act", "place", ("还没有擦完", "请把纸箱放回"), ("Not finished yet", "Please put the box back")),
    S.TEAR: Saying(
        "act",
        "tear",
        ("请撕下橙框部分", "从圆点开始，沿箭头撕"),
        ("Tear off the framed part", "Start at the dot, follow the arrow"),
    ),
    S.DONE: Saying("done", "done", ("可以拿走纸箱", ""), ("You can take the box", "")),
    S.REMOVED: Saying(
        "act",
        "tear",
        ("没有擦完", "请撕下面单"),
        ("Not finished", "Please tear the label off"),
    ),
    S.PAUSED: Saying("act", "pause", ("已暂停", "按“继续”接着做"), ("Paused", "Press resume to go on")),
    S.FAULT: Saying(
        "stop", "fault", ("机器已停", "请联系管理员"), ("The machine has stopped", "Please call the operator")
    ),
}

# A second line that says more than the state's own, by the reason that led there.
DETAILS: dict[Reason, tuple[str, str]] = {
    "no_tool": ("从圆点开始，沿箭头撕", "Start at the dot, follow the arrow"),
    "still_readable": ("没有涂干净，请沿箭头撕下", "Not fully erased: tear along the arrow"),
    "unseen": ("看不清，请沿箭头撕下", "It cannot be seen well: tear along the arrow"),
    "never_still": ("一直在动，看不清，请撕下面单", "It never lay still: please tear the label off"),
    "out_of_reach": ("够不到，请沿箭头撕下", "Out of the tool's reach: tear along the arrow"),
    "emergency_stop": ("急停已按下：松开后按“复位”", "Emergency stop: release it, then press reset"),
    "camera": ("摄像头没有画面：检查连线后按“复位”", "No camera picture: check its cable, then press reset"),
    "machine": ("运动部件出错：清开后按“复位”", "The tool did not obey: clear the way, then press reset"),
    "board": ("控制板没有回应：检查连线和电源后按“复位”", "Motion board lost: check cable and power, then press reset"),
    "hand": ("请把手拿开，会自动继续", "Take your hand away; it goes on by itself"),
    "dark": ("太暗了，看不清：请开灯", "Too dark to see: switch the light on"),
    "contact": ("请把纸箱放回原处", "Put the box back where it was"),
    "power": ("供电不足，恢复后自动开始", "The power supply is too weak: it starts by itself once that is over"),
    "guard": ("请关好护盖，再按“继续”", "Close the guard, then press resume"),
}
# A side that was torn clean is not one that was inked over.
CHECKED = Saying(
    "done",
    "turn",
    ("这一面已检查", "请翻面，检查其他面"),
    ("This side is checked", "Turn the box to check another side"),
)
DETAILED = frozenset({S.TEAR, S.PAUSED, S.FAULT})


def saying(visit: Visit) -> Saying:
    """What to tell the person now."""
    base = SAYINGS[visit.state]
    reason = visit.paused_for if visit.state is S.PAUSED else visit.reason
    if visit.state in DETAILED and reason in DETAILS:
        zh, en = DETAILS[reason]
        return Saying(base.tone, base.sign, (base.zh[0], zh), (base.en[0], en))
    if visit.state is S.DONE:
        return _done(visit)
    if visit.state is S.PASSED and visit.torn:
        return CHECKED
    return base


def _done(visit: Visit) -> Saying:
    """The last word: how many sides were checked, and never more than that."""
    sides = visit.sides_checked
    if visit.torn and (visit.unresolved or not visit.sides_checked):
        return Saying(
            "act", "tear", ("请确认面单已撕下", "撕下后再扔纸箱"), ("Is the label torn off?", "Only then bin the box")
        )
    if not visit.sides_erased:
        return Saying("idle", "search", ("没看到面单", f"已检查 {sides} 面"), ("No label seen", _sides(sides)))
    return Saying("done", "done", ("可以丢弃纸箱", f"已检查 {sides} 面"), ("The box can go", _sides(sides)))


def _sides(sides: int) -> str:
    return f"{sides} side{'' if sides == 1 else 's'} checked"
