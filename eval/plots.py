"""Plots as inline SVG: bars with intervals, lines, histograms. No script, no font, readable on paper."""

from __future__ import annotations

import html
import math
from collections.abc import Mapping, Sequence

from eval.intervals import Estimate

WIDTH, ROW, LEFT, RIGHT = 740, 24, 290, 60
HEIGHT, MARGIN, KEY = 240, 40, 250
MOST_TICKS = 8
COLOURS = (
    "#1f5f99", "#c2571a", "#3a7d44", "#7a4b9a", "#8a8a8a", "#b8860b", "#d33682", "#2aa198", "#111111", "#a0522d",
)  # fmt: skip


def _svg(width: int, height: int, title: str, body: Sequence[str]) -> str:
    name = html.escape(title)
    head = f'<svg viewBox="0 0 {width} {height}" width="{width}" role="img" aria-label="{name}">'
    return f"<figure><figcaption>{name}</figcaption>{head}{''.join(body)}</svg></figure>"


def _text(x: float, y: float, words: str, *, anchor: str = "start") -> str:
    return f'<text x="{x:.1f}" y="{y:.1f}" text-anchor="{anchor}">{html.escape(words)}</text>'


def _bar(row: int, name: str, figure: Estimate) -> str:
    scale = WIDTH - LEFT - RIGHT
    y = row * ROW + 4
    low, high = LEFT + scale * figure.low, LEFT + scale * figure.high
    return (
        _text(LEFT - 8, y + 13, f"{name} ({figure.n})", anchor="end")
        + f'<rect x="{LEFT}" y="{y}" width="{scale * figure.value:.1f}" height="16" fill="{COLOURS[0]}"/>'
        + f'<line x1="{low:.1f}" x2="{high:.1f}" y1="{y + 8}" y2="{y + 8}" stroke="#000" stroke-width="1.5"/>'
        + _text(WIDTH - RIGHT + 8, y + 13, f"{figure.value:.3f}")
    )


def bar_chart(title: str, figures: Mapping[str, Estimate]) -> str:
    """Bars from 0 to 1 with their intervals, one a name, in the given order; figures over nothing are left out."""
    known = [(name, figure) for name, figure in figures.items() if not math.isnan(figure.value)]
    body = [_bar(row, name, figure) for row, (name, figure) in enumerate(known)]
    return _svg(WIDTH, len(known) * ROW + 8, title, body)


def _points(
    values: Sequence[tuple[float, float]], bounds: tuple[float, float, float, float]
) -> list[tuple[float, float]]:
    left, right, low, high = bounds
    across, up = (right - left) or 1, (high - low) or 1
    return [
        (
            MARGIN + (x - left) / across * (WIDTH - 2 * MARGIN - KEY),
            HEIGHT - MARGIN - (y - low) / up * (HEIGHT - 2 * MARGIN),
        )
        for x, y in values
    ]


def _bounds(
    series: Mapping[str, Sequence[tuple[float, float]]], low: float | None
) -> tuple[float, float, float, float]:
    xs = [x for values in series.values() for x, _ in values]
    ys = [y for values in series.values() for _, y in values]
    return min(xs), max(xs), min(ys) if low is None else low, max(ys)


def _line(number: int, name: str, points: Sequence[tuple[float, float]]) -> str:
    colour = COLOURS[number % len(COLOURS)]
    path = " ".join(f"{x:.1f},{y:.1f}" for x, y in points)
    dots = "".join(f'<circle cx="{x:.1f}" cy="{y:.1f}" r="2.5" fill="{colour}"/>' for x, y in points)
    key_y = MARGIN + number * 18
    key = f'<rect x="{WIDTH - KEY - 15}" y="{key_y - 9}" width="10" height="10" fill="{colour}"/>'
    line = f'<polyline points="{path}" fill="none" stroke="{colour}" stroke-width="2"/>'
    return line + dots + key + _text(WIDTH - KEY, key_y, name)


def _ticks(
    series: Mapping[str, Sequence[tuple[float, float]]],
    bounds: tuple[float, float, float, float],
    x_names: Mapping[float, str],
) -> list[str]:
    """Names below the places that have points; only of the first and the last where there are many."""
    places = sorted({x for values in series.values() for x, _ in values})
    shown = places if len(places) <= MOST_TICKS else [places[0], places[-1]]
    at = _points([(x, bounds[2]) for x in shown], bounds)
    return [
        _text(along, HEIGHT - MARGIN + 16, x_names.get(x, f"{x:.4g}"), anchor="middle")
        for x, (along, _) in zip(shown, at, strict=True)
    ]


def line_chart(
    title: str,
    series: Mapping[str, Sequence[tuple[float, float]]],
    *,
    x_label: str,
    low: float | None = 0.0,
    x_names: Mapping[float, str] | None = None,
) -> str:
    """Lines through ``(x, y)`` points, one a name; ``low`` is where the y axis starts, None for the least value.

    ``x_names`` are written below the x axis in place of the numbers.
    """
    if not any(series.values()):
        return ""
    bounds = _bounds(series, low)
    return _chart(title, series, bounds, x_label, x_names or {}, [f"{end:.3g}" for end in bounds[2:]])


def log_chart(title: str, series: Mapping[str, Sequence[tuple[float, float]]], *, x_label: str) -> str:
    """Lines through positive points, both axes logarithmic: a power of x is a straight line."""
    logarithms = {name: [(math.log10(x), math.log10(y)) for x, y in points] for name, points in series.items()}
    if not any(logarithms.values()):
        return ""
    bounds = _bounds(logarithms, None)
    names = {math.log10(x): f"{x:,.0f}" for points in series.values() for x, _ in points}
    return _chart(title, logarithms, bounds, x_label, names, [f"{10**end:,.3g}" for end in bounds[2:]])


def _chart(
    title: str,
    series: Mapping[str, Sequence[tuple[float, float]]],
    bounds: tuple[float, float, float, float],
    x_label: str,
    x_names: Mapping[float, str],
    ends: Sequence[str],
) -> str:
    axis_y, end = HEIGHT - MARGIN, WIDTH - MARGIN - KEY
    body = [
        f'<line x1="{MARGIN}" x2="{end}" y1="{axis_y}" y2="{axis_y}" stroke="#444"/>',
        f'<line x1="{MARGIN}" x2="{MARGIN}" y1="{MARGIN}" y2="{axis_y}" stroke="#444"/>',
        _text(MARGIN - 6, MARGIN + 4, ends[1], anchor="end"),
        _text(MARGIN - 6, axis_y + 4, ends[0], anchor="end"),
        *_ticks(series, bounds, x_names),
        _text((MARGIN + end) / 2, axis_y + 32, x_label, anchor="middle"),
    ]
    body += [_line(number, name, _points(values, bounds)) for number, (name, values) in enumerate(series.items())]
    return _svg(WIDTH, max(HEIGHT, MARGIN + 18 * len(series)), title, body)


def histogram(
    title: str, values: Sequence[float], *, unit: str, marks: Mapping[str, float] | None = None, bins: int = 24
) -> str:
    """How often values fall into equal steps from 0 to their 99th percentile; the rest is counted in the last.

    ``marks`` are values drawn as lines with their names.
    """
    if not values:
        return ""
    top = sorted(values)[max(0, math.ceil(0.99 * len(values)) - 1)] or 1.0
    counts = [0] * bins
    for value in values:
        counts[min(bins - 1, int(value / top * bins))] += 1
    step = (WIDTH - 2 * MARGIN) / bins
    scale = (HEIGHT - 2 * MARGIN) / max(counts)
    body = [
        f'<rect x="{MARGIN + i * step:.1f}" y="{HEIGHT - MARGIN - count * scale:.1f}" width="{step - 1:.1f}" '
        f'height="{count * scale:.1f}" fill="{COLOURS[0]}"/>'
        for i, count in enumerate(counts)
    ]
    for row, (name, value) in enumerate((marks or {}).items()):
        x = MARGIN + min(value / top, 1.0) * (WIDTH - 2 * MARGIN)
        body.append(f'<line x1="{x:.1f}" x2="{x:.1f}" y1="{MARGIN}" y2="{HEIGHT - MARGIN}" stroke="{COLOURS[1]}"/>')
        beside, anchor = (x - 4, "end") if x > WIDTH / 2 else (x + 4, "start")
        body.append(_text(beside, MARGIN + 10 + 16 * row, f"{name} {value:.0f} {unit}", anchor=anchor))
    body.append(_text(MARGIN, HEIGHT - MARGIN + 18, f"0 {unit}"))
    body.append(_text(WIDTH - MARGIN, HEIGHT - MARGIN + 18, f"{top:,.0f} {unit}", anchor="end"))
    body.append(_text(MARGIN, MARGIN - 8, f"up to {max(counts)} questions"))
    return _svg(WIDTH, HEIGHT, title, body)
