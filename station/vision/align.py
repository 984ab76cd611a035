"""Where did a face go between two photos? Sees through ink that was added in between."""

from itertools import pairwise

import cv2
import numpy as np
from numpy.typing import NDArray

from hardware.camera.frames import Bgr, Grey, Points

Homography = NDArray[np.float64]  # 3 x 3, pixels of one photo to pixels of another

_WORK_PX = 1200  # the longer side while matching: half a pixel there is 0.2 mm at 7.4 px/mm and 4608 px
_FEATURES = 3000
_STRIPS, _BEYOND_PX = 3, 64  # SIFT holds a picture some 60 times, four bytes each: a third of it at a time, and around
_FAINTEST = 0.02  # half of SIFT's own value: the grain of board is all there is beside the ink
_SAME_PX = 0.5  # less has not moved
_RATIO = 0.8  # Lowe's: the best match must be this much nearer than the second
_REPROJECTION_PX = 3.0
_LEAST_INLIERS = 15
_LEAST_SHARE = 0.2  # of the matches; ink changes what lies under it, not what lies around
_SCALE_LIMITS = (0.3, 3.0)
_MOST_ANISOTROPY = 2.5  # a face seen from straight above, or by a hand-held camera, is not squeezed more
_AGREE = 0.5  # correlation of a block's detail that says: the same thing at the same place
_BLOCKS = 12
_BLOCK_DETAIL = 2.0  # standard deviation (levels) below which a block says nothing
_LEAST_BLOCKS = 6
_AGREEING_SHARE = 0.4  # of the blocks with detail; the others may lie under ink


def align(before: Bgr, after: Bgr, face: Points | None = None) -> Homography | None:
    """The homography that takes pixels of `before` to pixels of `after`, None when the two cannot be matched.

    The identity when the photos already agree. Sizes may differ. `face` (N x 2, pixels of `before`) says which part
    to follow: a box may have moved while what it stands on has not.
    """
    (first, k_first), (second, k_second) = _small(before), _small(after)
    mask = _mask(first.shape, None if face is None else face * k_first)
    if before.shape == after.shape and _unmoved(first, second, mask):
        return np.eye(3)
    small = _matched(first, second, mask)
    if small is None or not _plausible(small, first.shape):
        return None
    seen_back = cv2.warpPerspective(second, np.linalg.inv(small), first.shape[::-1])
    covered = cv2.warpPerspective(np.full_like(second, 255), np.linalg.inv(small), first.shape[::-1])
    if not _agree(first, np.asarray(seen_back, np.uint8), (covered > 0) & (mask > 0)):
        return None
    whole = np.diag([1 / k_second, 1 / k_second, 1.0]) @ small @ np.diag([k_first, k_first, 1.0])
    return np.asarray(whole / whole[2, 2], np.float64)


def _small(bgr: Bgr) -> tuple[Grey, float]:
    """Grey at working size, and its scale."""
    grey = cv2.cvtColor(bgr, cv2.COLOR_BGR2GRAY)
    scale = min(1.0, _WORK_PX / max(grey.shape))
    return np.asarray(cv2.resize(grey, None, fx=scale, fy=scale, interpolation=cv2.INTER_AREA), np.uint8), scale


def _mask(shape: tuple[int, ...], face: Points | None) -> Grey:
    """255 where to look for agreement."""
    if face is None:
        return np.full(shape, 255, np.uint8)
    hull = cv2.convexHull(np.round(face).astype(np.int32))
    return np.asarray(cv2.fillConvexPoly(np.zeros(shape, np.uint8), hull, (255,)), np.uint8)


def _unmoved(first: Grey, second: Grey, mask: Grey) -> bool:
    """Whether both show the same, to the pixel."""
    if not _agree(first, second, mask > 0):
        return False
    weight = mask.astype(np.float32) / 255
    (x, y), _ = cv2.phaseCorrelate(_detail(first) * weight, _detail(second) * weight)
    return float(np.hypot(x, y)) < _SAME_PX


def _features(grey: Grey, mask: Grey | None) -> tuple[Points, NDArray[np.float32]]:
    """Where SIFT sees features (N x 2), and what it says of them (N x 128)."""
    finder = cv2.SIFT.create(nfeatures=_FEATURES // _STRIPS, contrastThreshold=_FAINTEST)
    edges = np.linspace(0, grey.shape[1], _STRIPS + 1).astype(int).tolist()
    places, about = [np.zeros((0, 2))], [np.zeros((0, 128), np.float32)]
    for left, right in pairwise(edges):
        start = max(0, left - _BEYOND_PX)
        strip = np.s_[:, start : right + _BEYOND_PX]
        keys, said = finder.detectAndCompute(grey[strip], None if mask is None else mask[strip])
        x = np.array([key.pt[0] + start for key in keys])
        own = (x >= left) & (x < right)
        if own.any():
            places.append(np.column_stack([x, [key.pt[1] for key in keys]])[own])
            about.append(np.asarray(said)[own])
    return np.vstack(places), np.vstack(about)


def _matched(first: Grey, second: Grey, mask: Grey) -> Homography | None:
    """Features of both matched, then the homography most of them agree on."""
    keys_first, about_first = _features(first, mask)
    keys_second, about_second = _features(second, None)
    if len(keys_first) < _LEAST_INLIERS or len(keys_second) < _LEAST_INLIERS:
        return None
    pairs = cv2.BFMatcher().knnMatch(about_first, about_second, k=2)
    good = [pair[0] for pair in pairs if len(pair) == 2 and pair[0].distance < _RATIO * pair[1].distance]
    if len(good) < _LEAST_INLIERS:
        return None
    source = keys_first[[match.queryIdx for match in good]].astype(np.float32)
    target = keys_second[[match.trainIdx for match in good]].astype(np.float32)
    cv2.setRNGSeed(0)  # the same two photos always give the same answer
    matrix, inliers = cv2.findHomography(source, target, cv2.USAC_MAGSAC, _REPROJECTION_PX)
    if matrix is None or inliers.sum() < max(_LEAST_INLIERS, _LEAST_SHARE * len(good)):
        return None
    return np.asarray(matrix, np.float64)


def _plausible(matrix: Homography, shape: tuple[int, ...]) -> bool:
    """Whether it turns, scales and tilts like a camera would, all over a picture of `shape`, and mirrors nothing."""
    rows, columns = shape
    for point in ((0, 0), (columns, 0), (columns, rows), (0, rows), (columns / 2, rows / 2)):
        x, y, w = matrix @ np.array([*point, 1.0])
        if w <= 0.1 * matrix[2, 2]:
            return False
        local = (matrix[:2, :2] - np.outer([x / w, y / w], matrix[2, :2])) / w
        large, small = np.linalg.svd(local, compute_uv=False)
        if np.linalg.det(local) <= 0 or not _SCALE_LIMITS[0] < np.sqrt(large * small) < _SCALE_LIMITS[1]:
            return False
        if large > _MOST_ANISOTROPY * small:
            return False
    return True


def _agree(first: Grey, second: Grey, valid: NDArray[np.bool_]) -> bool:
    """Whether enough blocks show the same detail at the same place."""
    details = [_detail(first), _detail(second)]
    scores = [score for score in map(_block_score, *_tiles(*details, valid)) if score is not None]
    return len(scores) >= _LEAST_BLOCKS and float(np.mean(np.array(scores) > _AGREE)) >= _AGREEING_SHARE


def _detail(grey: Grey) -> NDArray[np.float32]:
    level = grey.astype(np.float32)
    return np.asarray(cv2.GaussianBlur(level, (0, 0), 1.0) - cv2.GaussianBlur(level, (0, 0), 6.0), np.float32)


def _tiles(*pictures: NDArray[np.generic]) -> list[list[NDArray[np.generic]]]:
    """Each picture in the same tiles."""
    return [
        [tile for band in np.array_split(picture, _BLOCKS) for tile in np.array_split(band, _BLOCKS, axis=1)]
        for picture in pictures
    ]


def _block_score(first: NDArray[np.generic], second: NDArray[np.generic], valid: NDArray[np.generic]) -> float | None:
    """The correlation of two tiles; None where either has no detail or was not seen."""
    if not valid.all():
        return None
    a, b = first - first.mean(), second - second.mean()
    if a.std() < _BLOCK_DETAIL or b.std() < _BLOCK_DETAIL:
        return None
    return float((a * b).mean() / (a.std() * b.std()))
