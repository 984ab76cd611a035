"""Scenes in grey with labels on parcels, or with everything but labels, composed from a stock of flat pictures.

A plane is what one parcel's face lies in: mm with the origin in the middle of its first label, seen through a
homography. Frames may have any size; light and clutter scale with them.
"""

from dataclasses import dataclass, replace

import cv2
import numpy as np
from numpy.typing import NDArray

from hardware.camera.frames import Grey, Points
from station.scenes import clutter
from station.scenes.light import WIDTH_PX, lit, photographed
from station.scenes.surfaces import PX_PER_MM, SHAPE_PX, platform
from station.scenes.textures import Texture

Matrix = NDArray[np.float64]  # 3 x 3
SizePx = tuple[int, int]  # width, height

LABELLED = 0.62  # share of scenes with a label
TWO_LABELS = 0.28  # of those
FILLS = (0.38, 1.02)  # of the frame, along its tighter side, for a label that fills it
SHARES = (0.022, 0.6)  # of the frame, for other labels
STATION_SHARES = (0.035, 0.33)  # of the frame, for labels as the station's own camera has them: from above
STATION_TILT_DEG = 4.0
PLACES = 14  # tries to put a label where enough of it is seen
SUBPIXEL_BITS = 4
PIXEL_MIDDLE = 0.5  # a pixel's index is its left edge; its middle lies half a pixel further


@dataclass(frozen=True)
class Views:
    """Shares of scenes: that one label fills, and of the others those as the station's own camera has them."""

    close: float = 0.08
    at_station: float = 0.4


ANYWHERE, AT_STATION = Views(), Views(0.0, 1.0)


@dataclass(frozen=True)
class Stock:
    """What scenes are composed of; `real` are photographs without labels, at the size of a surface."""

    labels: tuple[Texture, ...]
    papers: tuple[Texture, ...]
    surfaces: tuple[Grey, ...]
    real: tuple[Grey, ...] = ()


@dataclass(frozen=True)
class Lying:
    """A label in a frame: its texture, the texture's px to the frame's (3 x 3), its corners from its own upper left."""

    texture: Texture
    to_frame: Matrix
    quad: Points


@dataclass(frozen=True)
class Scene:
    """A frame, the labels in it, and what hides them (rows x columns, 0 to 255): hands, and all things on top."""

    grey: Grey
    labels: tuple[Lying, ...]
    hand: Grey
    over: Grey


def compose(
    stock: Stock, rng: np.random.Generator, size_px: SizePx, labelled: bool | None = None, views: Views = ANYWHERE
) -> Scene:  # fmt: skip
    """A scene of a width and height, with labels or without as told, else at random."""
    labelled = rng.random() < LABELLED if labelled is None else labelled
    view = _close_plane if rng.random() < views.close else _station_plane if rng.random() < views.at_station else _plane
    at_station = view is _station_plane
    canvas, is_real = (_platform(rng, size_px), False) if at_station else _ground(stock, rng, size_px)
    texture = _dressed(stock.labels[int(rng.integers(len(stock.labels)))], rng)
    plane = view(texture, rng, size_px)
    if rng.random() < (0.35 if is_real else 0.88):
        _parcel(canvas, stock, plane, texture, rng)
    _papers(canvas, stock, plane, rng, most=3 if not labelled else 2)
    labels = _labels(canvas, stock, plane, texture, rng) if labelled else ()
    if rng.random() < 0.1:
        _tape(canvas, plane, texture, rng)
    over, hands = _things(canvas, rng)
    return Scene(photographed(lit(canvas, rng), rng), labels, hands, over)


def _ground(stock: Stock, rng: np.random.Generator, size_px: SizePx) -> tuple[Grey, bool]:
    """What everything lies on, over the whole frame, and whether it is a real photograph."""
    is_real = bool(stock.real) and rng.random() < 0.4
    picture = _one(stock.real if is_real else stock.surfaces, rng)
    columns, rows = size_px
    fill = max(columns / SHAPE_PX[1], rows / SHAPE_PX[0])
    zoom = fill * float(np.exp(rng.uniform(0, 0.9) if is_real else rng.uniform(-0.7, 1.0)))
    angle = float(rng.uniform(0, 360)) if not is_real or rng.random() < 0.3 else 90.0 * int(rng.integers(4))
    matrix = cv2.getRotationMatrix2D((SHAPE_PX[1] / 2, SHAPE_PX[0] / 2), angle, zoom)
    slack = 0.5 * max(0.0, zoom / fill - 1) * rng.uniform(-1, 1, 2) * size_px
    shift = np.eye(3)
    shift[:2, 2] = np.array(size_px) / 2 - (SHAPE_PX[1] / 2, SHAPE_PX[0] / 2) + slack
    return _warped(picture, shift @ np.vstack([matrix, [0, 0, 1]]), size_px), is_real


def _platform(rng: np.random.Generator, size_px: SizePx) -> Grey:
    """A platform that nearly fills the frame."""
    columns, rows = size_px
    fill = max(columns / SHAPE_PX[1], rows / SHAPE_PX[0]) * float(rng.uniform(0.9, 1.3))
    matrix = cv2.getRotationMatrix2D((SHAPE_PX[1] / 2, SHAPE_PX[0] / 2), float(rng.normal(0, 1)), fill)
    matrix[:, 2] = matrix[:, 2] + np.array(size_px) / 2 - (SHAPE_PX[1] / 2, SHAPE_PX[0] / 2)
    return _warped(platform(rng), np.vstack([matrix, [0, 0, 1]]), size_px)


def _one(pictures: tuple[Grey, ...], rng: np.random.Generator) -> Grey:
    return pictures[int(rng.integers(len(pictures)))]


# ---- planes


def _plane(texture: Texture, rng: np.random.Generator, size_px: SizePx) -> Matrix:
    """mm to px of a face whose label takes a share of the frame and is mostly seen."""
    seen = 0.98 if rng.random() < 0.75 else float(rng.uniform(0.4, 0.95))
    turned = _tilted(
        _angle_deg(rng), _scale(texture, SHARES, rng, size_px), _focal_px(rng, size_px), _tilt_deg(rng), rng
    )
    return _placed(turned, texture, seen, rng, size_px)


def _station_plane(texture: Texture, rng: np.random.Generator, size_px: SizePx) -> Matrix:
    """mm to px of a face seen from above, turned by any angle, its label in full view."""
    scale = _scale(texture, STATION_SHARES, rng, size_px)
    turned = _tilted(float(rng.uniform(0, 360)), scale, _focal_px(rng, size_px), STATION_TILT_DEG, rng)
    return _placed(turned, texture, 0.99, rng, size_px)


def _scale(texture: Texture, shares: tuple[float, float], rng: np.random.Generator, size_px: SizePx) -> float:
    """px per mm at which a label takes a share of the frame."""
    share = float(np.exp(rng.uniform(*np.log(shares))))
    return float((share * size_px[0] * size_px[1] / (texture.size_mm[0] * texture.size_mm[1])) ** 0.5)


def _placed(turned: Matrix, texture: Texture, seen: float, rng: np.random.Generator, size_px: SizePx) -> Matrix:
    """The plane moved to where at least a share of the label is seen."""
    for _ in range(PLACES):
        plane = _moved_to(turned, rng.random(2) * size_px)
        if visible_share(corners_on(plane, texture.size_mm), size_px) >= seen:
            return plane
    return _moved_to(turned, np.array(size_px) / 2)


def _close_plane(texture: Texture, rng: np.random.Generator, size_px: SizePx) -> Matrix:
    """The label half as large as the frame or larger, its longer side along the frame's, as in a look from near."""
    width, height = texture.size_mm
    upright = (width > height) == (size_px[0] > size_px[1])
    # A look from near starts from a rough quad: mostly its sides lie along the frame's, sometimes far from it.
    askew = float(rng.normal(0, 3) if rng.random() < 0.6 else rng.uniform(-45, 45))
    angle = (0.0 if upright else 90.0) + 180.0 * int(rng.integers(2)) + askew
    wide, high = (width, height) if upright else (height, width)
    scale = min(size_px[0] / wide, size_px[1] / high) * float(rng.uniform(*FILLS))
    shift = rng.normal(0, 0.09, 2) * size_px
    return _moved_to(_tilted(angle, scale, _focal_px(rng, size_px), _tilt_deg(rng), rng), np.array(size_px) / 2 + shift)


def _angle_deg(rng: np.random.Generator) -> float:
    return float(rng.uniform(0, 360)) if rng.random() < 0.4 else 90.0 * int(rng.integers(4)) + float(rng.normal(0, 6))


def _focal_px(rng: np.random.Generator, size_px: SizePx) -> float:
    """From the station's wide lens (0.77 of the width) to a phone's."""
    return float(rng.uniform(0.75, 1.6)) * max(size_px)


def _tilt_deg(rng: np.random.Generator) -> float:
    """The most a plane may be tilted: mostly 15 degrees, now and then 32."""
    return float(rng.choice([5.0, 15.0, 32.0], p=[0.5, 0.38, 0.12]))


def _tilted(angle_deg: float, scale: float, focal_px: float, most: float, rng: np.random.Generator) -> Matrix:
    """A plane turned by an angle and tilted by up to `most` degrees about an axis in it."""
    axis = _turn(rng.uniform(0, 2 * np.pi))[:, 0]
    tilt = np.deg2rad(rng.uniform(0, most))
    turn = cv2.Rodrigues(np.array([axis[0], axis[1], 0.0]) * tilt)[0]
    flat = turn[:, :2] @ _turn(np.deg2rad(angle_deg)) * scale
    return np.array([[*flat[0], 0.0], [*flat[1], 0.0], [*(flat[2] / focal_px), 1.0]])


def _turn(angle: float) -> Points:
    return np.array([[np.cos(angle), -np.sin(angle)], [np.sin(angle), np.cos(angle)]])


def _moved_to(plane: Matrix, centre_px: Points) -> Matrix:
    shift = np.eye(3)
    shift[:2, 2] = centre_px
    return shift @ plane


def corners_on(plane: Matrix, size_mm: tuple[float, float], centre_mm: tuple[float, float] = (0.0, 0.0)) -> Points:
    """Where a rectangle of a plane is seen, 4 x 2 px from its upper left."""
    half = np.array([[-1, -1], [1, -1], [1, 1], [-1, 1]]) * np.array(size_mm) / 2 + centre_mm
    return np.asarray(cv2.perspectiveTransform(half[:, None], plane)[:, 0], float)


def visible_share(quad: Points, size_px: SizePx) -> float:
    """The share of a quad that lies in the frame."""
    columns, rows = size_px
    frame = np.array([[0, 0], [columns, 0], [columns, rows], [0, rows]], np.float32)
    shared = cv2.intersectConvexConvex(quad.astype(np.float32), frame)[0]
    return float(shared) / max(1.0, float(cv2.contourArea(quad.astype(np.float32))))


# ---- laying things down


def _warped(picture: Grey, to_frame: Matrix, size_px: SizePx) -> Grey:
    """A picture warped over the whole frame, mirrored beyond its edges."""
    border = cv2.BORDER_REFLECT_101
    return np.asarray(cv2.warpPerspective(picture, to_frame, size_px, flags=cv2.INTER_LINEAR, borderMode=border))


def filled(shape: tuple[int, ...], quad: Points) -> Grey:
    """A polygon's mask with smooth edges, 0 to 255."""
    mask = np.zeros(shape, np.uint8)
    points = np.round((np.clip(quad, -20000, 20000) - PIXEL_MIDDLE) * 2**SUBPIXEL_BITS).astype(np.int32)
    cv2.fillPoly(mask, [points], 255, cv2.LINE_AA, SUBPIXEL_BITS)
    return mask


def _blend(canvas: Grey, picture: Grey | NDArray[np.float32], mask: Grey) -> None:
    opaque = mask / np.float32(255)
    canvas[:] = np.clip(canvas + (picture - canvas.astype(np.float32)) * opaque, 0, 255)


def _shade_beside(canvas: Grey, mask: Grey, offset_px: float, depth: float, rng: np.random.Generator) -> None:
    """The shadow that a sheet or a box throws to one side."""
    angle = rng.uniform(0, 2 * np.pi)
    shift = np.array([[1, 0, offset_px * np.cos(angle)], [0, 1, offset_px * np.sin(angle)]])
    moved = cv2.warpAffine(mask, shift, mask.shape[::-1])
    soft = cv2.GaussianBlur(moved, (0, 0), max(0.35, offset_px))
    canvas[:] = canvas * (1 - np.float32(depth / 255) * soft)


def _to_texture(texture: Texture, level: int, plane: Matrix, centre_mm: tuple[float, float]) -> Matrix:
    """Pixel middles of a texture's level to those of the frame."""
    rows, columns = texture.levels[level].shape
    width, height = texture.size_mm
    sx, sy = width / columns, height / rows
    x, y = centre_mm
    to_mm = np.array([[sx, 0, x - width / 2 + sx / 2], [0, sy, y - height / 2 + sy / 2], [0, 0, 1]])
    half = np.array([[1, 0, -PIXEL_MIDDLE], [0, 1, -PIXEL_MIDDLE], [0, 0, 1]])
    return np.asarray(half @ plane @ to_mm, float)


def _level(texture: Texture, quad: Points) -> int:
    """The halving whose pixels are about as large as the frame's."""
    seen = max(1.0, float(cv2.contourArea(quad.astype(np.float32))))
    ratio = (texture.grey.size / seen) ** 0.5
    return int(np.clip(round(np.log2(max(ratio, 1e-3)) - 0.15), 0, len(texture.levels) - 1))


def _lay(
    canvas: Grey, texture: Texture, plane: Matrix, centre_mm: tuple[float, float], rng: np.random.Generator
) -> Lying:  # fmt: skip
    """Put paper into the frame, with the faint shadow of its edge."""
    size_px = (canvas.shape[1], canvas.shape[0])
    quad = corners_on(plane, texture.size_mm, centre_mm)
    level = _level(texture, quad)
    picture = texture.levels[level].astype(np.float32) * np.float32(_whiteness(canvas, quad, texture, rng))
    if rng.random() < 0.25:
        picture *= _crumpled(picture.shape, rng)
    matrix = _to_texture(texture, level, plane, centre_mm)
    warped = cv2.warpPerspective(picture, matrix, size_px, flags=cv2.INTER_LINEAR, borderMode=cv2.BORDER_REPLICATE)
    mask = filled(canvas.shape, quad)
    if rng.random() < 0.3:
        cv2.min(mask, _worn(texture.levels[level].shape, matrix, size_px, rng), dst=mask)
    _shade_beside(canvas, mask, rng.uniform(0.2, 0.9) * size_px[0] / WIDTH_PX, rng.uniform(0, 0.35), rng)
    _blend(canvas, np.asarray(warped, np.float32), mask)
    return Lying(texture, _to_texture(texture, 0, plane, centre_mm), quad)


def _whiteness(canvas: Grey, quad: Points, texture: Texture, rng: np.random.Generator) -> float:
    """A factor on the paper; on white ground often one that makes both nearly alike."""
    ground = canvas[filled(canvas.shape, quad) > 0]
    below = float(np.median(ground)) if ground.size else 128.0
    paper = float(np.percentile(texture.grey, 85))
    if texture.is_label and below > 150 and rng.random() < 0.5:
        return float(np.clip(below + rng.normal(3, 9), 120, 255)) / paper
    return float(rng.uniform(0.72, 1.03))


def _crumpled(shape: tuple[int, ...], rng: np.random.Generator) -> NDArray[np.float32]:
    small = rng.normal(1, rng.uniform(0.01, 0.1), (int(rng.integers(2, 14)), int(rng.integers(2, 14))))
    return np.asarray(cv2.resize(small.astype(np.float32), shape[::-1], interpolation=cv2.INTER_CUBIC), np.float32)


def _worn(shape: tuple[int, int], matrix: Matrix, size_px: SizePx, rng: np.random.Generator) -> Grey:
    """What is left of a sheet with rounded or torn corners and edges, warped into the frame."""
    rows, columns = shape
    cover = np.full(shape, 255, np.uint8)
    radius = rng.uniform(0.01, 0.05) * min(shape)
    if rng.random() < 0.65:
        y, x = np.ogrid[:rows, :columns]
        far_x = np.maximum(np.abs(x - (columns - 1) / 2) - (columns / 2 - radius), 0)
        far_y = np.maximum(np.abs(y - (rows - 1) / 2) - (rows / 2 - radius), 0)
        cover[far_x**2 + far_y**2 > radius**2] = 0
    else:
        corner = np.array([[0, 0], [columns, 0], [columns, rows], [0, rows]])[int(rng.integers(4))]
        points = corner + rng.normal(0, 0.1, (7, 2)) * (columns, rows)
        cv2.fillConvexPoly(cover, cv2.convexHull(points.astype(np.int32)), 0)
    return np.asarray(cv2.warpPerspective(cover, matrix, size_px, borderMode=cv2.BORDER_REPLICATE), np.uint8)


# ---- the parts of a scene


def _parcel(canvas: Grey, stock: Stock, plane: Matrix, texture: Texture, rng: np.random.Generator) -> None:
    """A box or a bag under the label: its shadow, its walls, its face."""
    size_px = (canvas.shape[1], canvas.shape[0])
    low, high = (np.array(texture.size_mm) * (0.5 + sign * _margins(rng)) for sign in (1.0, 1.0))
    size_mm = (float(low[0] + high[0]), float(low[1] + high[1]))
    centre = (float(high[0] - low[0]) / 2, float(high[1] - low[1]) / 2)
    turned = plane @ _turned_in_plane(float(rng.normal(0, 5) if rng.random() < 0.8 else rng.uniform(-45, 45)))
    quad = corners_on(turned, size_mm, centre)
    face = _one(stock.real if stock.real and rng.random() < 0.25 else stock.surfaces, rng)
    mask = filled(canvas.shape, quad)
    _shade_beside(canvas, mask, rng.uniform(2, 14) * size_px[0] / WIDTH_PX, rng.uniform(0, 0.6), rng)
    _walls(canvas, quad, float(np.median(face)), rng)
    zoom = PX_PER_MM * float(np.exp(rng.uniform(-0.5, 0.5)))
    to_mm = np.diag([1 / zoom, 1 / zoom, 1.0])
    to_mm[:2, 2] = np.array(centre) - rng.uniform(0.3, 0.7, 2) * SHAPE_PX[::-1] / zoom
    _blend(canvas, _warped(face, turned @ to_mm, size_px), mask)


def _margins(rng: np.random.Generator) -> Points:
    """How far a parcel reaches beyond the label to one side, in the label's widths and heights."""
    return np.asarray(np.where(rng.random(2) < 0.2, rng.uniform(0.01, 0.06, 2), rng.uniform(0.05, 1.3, 2)), float)


def _turned_in_plane(angle_deg: float) -> Matrix:
    matrix = np.eye(3)
    matrix[:2, :2] = _turn(np.deg2rad(angle_deg))
    return matrix


def _walls(canvas: Grey, quad: Points, tone: float, rng: np.random.Generator) -> None:
    """The sides of a box that the lens sees around its upper face."""
    if rng.random() < 0.4:
        return
    middle = np.array(canvas.shape[::-1]) / 2
    base = middle + (quad - middle) / (1 + rng.uniform(0.02, 0.5))
    for side in range(4):
        following = (side + 1) % 4
        wall = np.array([base[side], base[following], quad[following], quad[side]])
        mask = filled(canvas.shape, wall)
        _blend(canvas, np.full(canvas.shape, tone * rng.uniform(0.4, 0.95), np.float32), mask)


def _papers(canvas: Grey, stock: Stock, plane: Matrix, rng: np.random.Generator, most: int) -> None:
    """Adverts, books, blank sheets, stickers, lying about anywhere."""
    size_px = (canvas.shape[1], canvas.shape[0])
    for _ in range(int(rng.integers(0, most + 1)) if rng.random() < 0.6 else 0):
        texture = stock.papers[int(rng.integers(len(stock.papers)))]
        scale = float(np.linalg.det(plane[:2, :2])) ** 0.5 * float(np.exp(rng.normal(0, 0.4)))
        lying = _tilted(_angle_deg(rng), scale, _focal_px(rng, size_px), _tilt_deg(rng), rng)
        _lay(canvas, texture, _moved_to(lying, rng.random(2) * size_px), (0.0, 0.0), rng)


def _labels(
    canvas: Grey, stock: Stock, plane: Matrix, texture: Texture, rng: np.random.Generator
) -> tuple[Lying, ...]:  # fmt: skip
    first = _lay(canvas, texture, plane, (0.0, 0.0), rng)
    if rng.random() < 0.05:
        _crossed_out(canvas, first, rng)
    if rng.random() < 0.07:
        _inked(canvas, first, rng)
    if rng.random() >= TWO_LABELS:
        return (first,)
    second = _dressed(stock.labels[int(rng.integers(len(stock.labels)))], rng)
    place = _beside(texture, second, rng)
    other = plane @ _turned_in_plane(90.0 * int(rng.integers(4)) if rng.random() < 0.3 else float(rng.normal(0, 3)))
    quad = corners_on(other, second.size_mm, place)
    apart = cv2.intersectConvexConvex(quad.astype(np.float32), first.quad.astype(np.float32))[0] <= 0
    if apart and visible_share(quad, (canvas.shape[1], canvas.shape[0])) > 0.4:
        return (first, _lay(canvas, second, other, place, rng))
    return (first,)


def _beside(first: Texture, second: Texture, rng: np.random.Generator) -> tuple[float, float]:
    """Where the middle of a second label may lie: beside or below the first, near or far, mm."""
    gap = float(rng.choice([rng.uniform(0.5, 8), rng.uniform(5, 90)]))
    sign = float(rng.choice([-1, 1]))
    if rng.random() < 0.6:
        return sign * ((first.size_mm[0] + second.size_mm[0]) / 2 + gap), float(rng.normal(0, 15))
    return float(rng.normal(0, 12)), sign * ((first.size_mm[1] + second.size_mm[1]) / 2 + gap)


def _crossed_out(canvas: Grey, label: Lying, rng: np.random.Generator) -> None:
    """An old label, struck through with a marker."""
    share = rng.random((int(rng.integers(2, 7)), 2))
    edge = label.quad[1] - label.quad[0], label.quad[3] - label.quad[0]
    points = label.quad[0] + share[:, :1] * edge[0] + share[:, 1:] * edge[1]
    thick = max(1, round(0.03 * float(np.linalg.norm(edge[0]))))
    held = np.clip(points, -20000, 20000).astype(np.int32)
    cv2.polylines(canvas, [held], False, int(rng.integers(5, 90)), thick, cv2.LINE_AA)


def _inked(canvas: Grey, label: Lying, rng: np.random.Generator) -> None:
    """Bars of a station's ink over parts of a label, along one of its sides."""
    along, across = (label.quad[1] - label.quad[0], label.quad[3] - label.quad[0])[:: int(rng.choice([-1, 1]))]
    for _ in range(int(rng.integers(1, 12))):
        start, length = rng.uniform(0.02, 0.7), rng.uniform(0.15, 0.95)
        place, wide = rng.uniform(0.02, 0.95), rng.uniform(0.02, 0.12)
        low, high = label.quad[0] + along * start, along * min(length, 0.98 - start)
        bar = np.array([low + across * place, low + high + across * place])
        bar = np.vstack([bar, bar[::-1] + across * min(wide, 0.99 - place)])
        _blend(canvas, np.full(canvas.shape, rng.uniform(5, 60), np.float32), filled(canvas.shape, bar))


def _tape(canvas: Grey, plane: Matrix, texture: Texture, rng: np.random.Generator) -> None:
    """A band of clear tape across the label or beside it: a little darker or lighter, with bright edges."""
    wide = float(rng.uniform(20, 60))
    place = (float(rng.uniform(-0.6, 0.6) * texture.size_mm[0]), float(rng.uniform(-0.6, 0.6) * texture.size_mm[1]))
    turned = plane @ _turned_in_plane(float(90 * rng.integers(2) + rng.normal(0, 4)))
    quad = corners_on(turned, (wide, 700.0), place)
    mask = filled(canvas.shape, quad)
    _blend(canvas, canvas * np.float32(rng.uniform(0.86, 1.1)) + np.float32(rng.uniform(-4, 12)), mask)


def _things(canvas: Grey, rng: np.random.Generator) -> tuple[Grey, Grey]:
    """Things and hands on top: what all of them cover, and what hands cover."""
    over = np.zeros(canvas.shape, np.uint8)
    hands = np.zeros(canvas.shape, np.uint8)
    for _ in range(int(rng.integers(0, 4)) if rng.random() < 0.4 else 0):
        thing = clutter.THINGS[int(rng.integers(len(clutter.THINGS)))]
        cv2.max(over, thing(canvas, rng), dst=over)
    for _ in range(int(rng.integers(1, 3)) if rng.random() < 0.13 else 0):
        cv2.max(hands, clutter.hand(canvas, rng), dst=hands)
    return np.asarray(cv2.max(over, hands), np.uint8), hands


# ---- changes to a label before it lies


def _dressed(texture: Texture, rng: np.random.Generator) -> Texture:
    """Now and then folded over the edge of a box."""
    return _folded(texture, rng) if rng.random() < 0.06 else texture


def _folded(texture: Texture, rng: np.random.Generator) -> Texture:
    """The last part of a label, beyond the edge of its box: seen at a grazing angle, in another light."""
    down = rng.random() < 0.6
    grey, kinds = (part if down else part.T for part in (texture.grey, texture.kinds))
    cut = int(grey.shape[0] * rng.uniform(0.55, 0.9))
    left = max(2, int((grey.shape[0] - cut) * rng.uniform(0.15, 0.7)))
    size = (grey.shape[1], left)
    wall = cv2.resize(grey[cut:], size, interpolation=cv2.INTER_AREA) * np.float32(rng.uniform(0.5, 1.05))
    folded = np.vstack([grey[:cut], np.clip(wall, 0, 255).astype(np.uint8)])
    below = cv2.resize(np.ascontiguousarray(kinds[cut:]), size, interpolation=cv2.INTER_NEAREST)
    marked = np.vstack([kinds[:cut], below])
    share = folded.shape[0] / grey.shape[0]
    width, height = texture.size_mm
    size_mm = (width, height * share) if down else (width * share, height)
    if not down:
        folded, marked = np.ascontiguousarray(folded.T), np.ascontiguousarray(marked.T)
    return replace(texture, grey=folded, kinds=marked, size_mm=size_mm)
