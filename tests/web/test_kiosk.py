"""The kiosk page in a real browser, fed through the real socket and the real web process."""

from collections.abc import Iterator

import pytest
from playwright.sync_api import Browser, Page, expect, sync_playwright

from tests.web.station_and_page import DONE, IDLE, MARKING, MOVE, TEAR, WAIT_S, Station

SIZES = ((800, 480), (1280, 800), (390, 844))
SWITCHES = (
    "--no-sandbox",
    "--disable-gpu",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
)
LEAST_TARGET_PX = 54
LEAST_TITLE_PX = 46


@pytest.fixture(scope="module")
def browser() -> Iterator[Browser]:
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path="/usr/bin/chromium", args=list(SWITCHES))
        yield browser
        browser.close()


@pytest.fixture
def page(browser: Browser, address: str) -> Iterator[Page]:
    """The page, open and idle. Whatever the browser complains about (a broken policy, a script) fails the test."""
    page = browser.new_page(viewport={"width": 800, "height": 480})
    page.set_default_timeout(WAIT_S * 1000)
    complaints: list[str] = []
    page.on("pageerror", lambda error: complaints.append(str(error)))
    page.on("console", lambda message: complaints.append(message.text) if "Content Security" in message.text else None)
    page.clock.install()
    page.goto(address)
    shows(page, "empty")
    yield page
    page.close()
    assert complaints == []


def shows(page: Page, state: str) -> None:
    page.wait_for_selector(f'body[data-state="{state}"]')


def test_idle_invites_in_chinese(page: Page) -> None:
    assert page.text_content("#title") == "擦掉面单，再扔纸箱"
    expect(page.locator("#detail")).to_have_text("面单朝上，放在框内")
    expect(page.locator("#facts")).to_have_text("今天 42 个包裹")
    expect(page.locator("#invite")).to_be_visible()
    expect(page.locator("#stop")).to_be_hidden()
    assert page.get_attribute("html", "lang") == "zh-CN"


def test_english_is_one_touch_away_and_chinese_comes_back(station: Station, page: Page) -> None:
    page.click("#language")
    assert page.get_attribute("html", "lang") == "en"
    assert page.text_content("#title") == "Erase the label before you bin the box"
    station.say(MARKING)
    shows(page, "marking")
    page.clock.run_for(90_000)
    assert page.text_content("#title") == "Erasing: do not move the box", "a person is being served"
    station.say(IDLE)
    shows(page, "empty")
    page.clock.run_for(50_000)
    assert page.get_attribute("html", "lang") == "en"
    page.clock.run_for(15_000)
    assert page.get_attribute("html", "lang") == "zh-CN"


def test_privacy_notice_stands_behind_the_idle_screen(station: Station, page: Page) -> None:
    page.click("#privacy")
    expect(page.locator("#notice-text")).to_contain_text("本机不记录姓名、电话、地址和运单号")
    page.click("#notice-close")
    expect(page.locator("#notice")).to_be_hidden()
    page.click("#privacy")
    station.say(MARKING)
    shows(page, "marking")
    expect(page.locator("#notice")).to_be_hidden()


def test_marking_is_drawn_to_scale(station: Station, page: Page) -> None:
    station.say(MARKING)
    shows(page, "marking")
    assert page.get_attribute("#boxes polygon", "points") == "80,40 320,40 320,260 80,260"
    assert page.get_attribute("#labels polygon", "points") == "150,80 226,80 226,210 150,210"
    assert page.locator("#done polygon").count() == 2
    assert page.locator("#todo polygon").count() == 3
    expect(page.locator("#invite")).to_be_hidden()
    expect(page.locator("#count")).to_have_text("2 / 5")
    expect(page.locator("#left")).to_have_text("还有 9 秒")
    assert page.get_attribute("#track", "aria-valuenow") == "40"
    box, tool = page.locator("#boxes polygon").bounding_box(), page.locator(".tool-dot").bounding_box()
    assert box is not None and tool is not None
    across = (tool["x"] + tool["width"] / 2 - box["x"]) / box["width"]
    assert across == pytest.approx((180 - 80) / 240, abs=0.03)


def test_stop_by_touch_and_by_key(station: Station, page: Page) -> None:
    station.say(MARKING)
    shows(page, "marking")
    page.click("#stop")
    assert station.commands.get(timeout=WAIT_S) == "stop"
    page.keyboard.press("Escape")
    assert station.commands.get(timeout=WAIT_S) == "stop"


TAP_AT_ONCE = """new MutationObserver(() => document.querySelector('[data-command="torn"]')?.click())
    .observe(document.querySelector('#commands'), {childList: true})"""


def test_tear_is_outlined_with_a_start_and_a_pull(station: Station, page: Page) -> None:
    page.evaluate(TAP_AT_ONCE)
    station.say(TEAR)
    shows(page, "tear")
    assert page.get_attribute(".tear-area", "points") == "150,80 226,80 226,210 150,210"
    assert (page.get_attribute(".tear-start", "cx"), page.get_attribute(".tear-start", "cy")) == ("226", "80")
    expect(page.locator(".tear-arrow")).to_be_visible()
    expect(page.locator("#facts")).to_have_text("2 处还能读出")
    assert station.commands.empty(), "a button that has only just come is not meant"
    page.clock.run_for(600)
    page.click('[data-command="torn"]')
    assert station.commands.get(timeout=WAIT_S) == "torn"
    station.say(DONE)
    shows(page, "done")
    expect(page.locator("#tear")).to_be_hidden()
    expect(page.locator("#facts")).to_have_text("已检查 2 面，0 处可读")


def test_move_says_how_far(station: Station, page: Page) -> None:
    station.say(MOVE)
    shows(page, "move")
    expect(page.locator(".distance")).to_have_text("3 厘米")
    assert page.get_attribute(".ghost", "points") == "112,40 352,40 352,260 112,260"


def test_nodes_are_patched_not_replaced(station: Station, page: Page) -> None:
    station.say(MARKING)
    shows(page, "marking")
    page.evaluate("document.querySelector('#labels polygon').kept = true")
    station.say(TEAR)
    shows(page, "tear")
    assert page.evaluate("document.querySelector('#labels polygon').kept") is True


@pytest.mark.parametrize(("width", "height"), SIZES)
def test_everything_fits(station: Station, page: Page, width: int, height: int) -> None:
    page.set_viewport_size({"width": width, "height": height})
    for status in (IDLE, MARKING, TEAR, MOVE, DONE):
        station.say(status)
        shows(page, status.state)
        for _ in range(2):
            page.click("#language")
            check_fit(page)


def check_fit(page: Page) -> None:
    assert page.evaluate("document.documentElement.scrollWidth <= innerWidth")
    for part in (".say", ".bar", ".kiosk"):
        assert page.evaluate(
            "(part) => { const e = document.querySelector(part);"
            " return e.scrollWidth <= e.clientWidth + 1 && e.scrollHeight <= e.clientHeight + 1; }",
            part,
        ), part
    assert page.evaluate("parseFloat(getComputedStyle(document.querySelector('#title')).fontSize)") >= LEAST_TITLE_PX
    size = page.viewport_size
    assert size is not None
    for button in page.locator(".btn:visible").all():
        box = button.bounding_box()
        assert box is not None
        assert min(box["width"], box["height"]) >= LEAST_TARGET_PX - 0.5
        assert box["x"] >= 0 and box["x"] + box["width"] <= size["width"]
        assert box["y"] + box["height"] <= size["height"]


def test_station_that_dies_is_missed_and_found_again(station: Station, page: Page) -> None:
    station.say(MARKING)
    shows(page, "marking")
    station.service.close()
    page.clock.run_for(2000)
    shows(page, "lost")
    assert page.text_content("#title") == "连接中断，正在重连"
    expect(page.locator("#stop")).to_be_hidden()
    page.click("#language")
    assert page.text_content("#title") == "Station not reachable, reconnecting"
    station.start()
    station.say(DONE)
    shows(page, "done")
    assert page.text_content("#title") == "The box can go"
