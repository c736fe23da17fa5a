"""The board of a room as HTML: place, name, a bar with its interval, what the network costs."""

from __future__ import annotations

from collections.abc import Sequence
from html import escape

from cnn_core.room.board import Row
from dashboard.charts.network_tiles import mixed
from dashboard.palette import Palette
from dashboard.words import count, magnitude, percent


def board_table(rows: Sequence[Row], palette: Palette, own: Sequence[int] = ()) -> str:
    """Write a board; who is not ranked stands below, with the reason.

    Args:
        rows: The networks, as `board.board_rows` ranks them.
        palette: The theme's colours.
        own: Ids of one's own entries: they are marked, with a word beside.

    Returns:
        HTML, with everything escaped that anybody has chosen.
    """
    head = "".join(
        f'<th scope="col" class="{kind}">{words}</th>'
        for kind, words in (
            ("place", "Place"),
            ("name", "Network"),
            ("bar", "Drawings read rightly"),
            ("cost", "Parameters"),
            ("cost", "Multiply-adds"),
        )
    )
    body = "".join(_row(row, palette, row.entry.id in own) for row in rows)
    table = f'<table class="board"><thead><tr>{head}</tr></thead><tbody>{body}</tbody></table>'
    return f"<style>{_style(palette)}</style>{table}"


def place_words(row: Row) -> str:
    """Write a place: `=` where others share it, a dash where there is none.

    Args:
        row: The network.
    """
    return f"{row.place}{'=' if row.is_shared else ''}" if row.place else "–"


def _row(row: Row, palette: Palette, is_own: bool) -> str:
    own = '<i class="own">yours</i>' if is_own else ""
    remark = f"<small>{escape(row.remark)}</small>" if row.remark else ""
    waiting = "<small>is being asked …</small>" if row.is_waiting else ""
    explained = ' title="None on this place differs from the best one there by more than chance"'
    return (
        f'<tr class="{"ranked" if row.place else "unranked"}">'
        f'<td class="place"{explained if row.is_shared else ""}>{place_words(row)}</td>'
        f'<th scope="row" class="name">{escape(row.entry.name)}{own}{remark}{waiting}</th>'
        f'<td class="bar">{_bar(row, palette)}</td>'
        f'<td class="cost" title="{count(row.entry.parameters)}">{magnitude(row.entry.parameters)}</td>'
        f'<td class="cost" title="{count(row.entry.multiply_adds)}">{magnitude(row.entry.multiply_adds)}</td></tr>'
    )


def _bar(row: Row, palette: Palette) -> str:
    if row.interval is None:
        return ""
    low, high = 100 * row.interval.low, 100 * row.interval.high
    colour = palette.primary if row.place else palette.muted
    return (
        f'<span class="track"><span class="fill" style="width:{100 * row.accuracy:.2f}%;background:{colour}"></span>'
        f'<span class="reach" style="left:{low:.2f}%;width:{high - low:.2f}%"></span></span>'
        f"<b>{percent(row.accuracy)}</b><small>{low:.1f} to {percent(high / 100)} · {row.right} of {row.count}</small>"
    )


def _style(palette: Palette) -> str:
    quiet = mixed(palette.text, palette.background, 0.78)
    return (
        f".board{{border-collapse:collapse;width:100%;color:{palette.text};font-variant-numeric:tabular-nums}}"
        f".board th,.board td{{text-align:left;padding:.45rem .8rem .45rem 0;border-bottom:1px solid {palette.border};"
        "vertical-align:top;font-weight:400}"
        ".board thead th{font-weight:600}.board .name{font-weight:600;min-width:12.5rem}"
        ".board .place{font-size:1.25rem;font-weight:600;width:3.5rem}.board thead .place{font-size:inherit}"
        ".board .bar{width:50%}.board .cost{white-space:nowrap}"
        f".board .own{{font-style:normal;font-weight:400;font-size:.875rem;margin-left:.5rem;padding:.05rem .4rem;"
        f"border:1px solid {palette.primary};border-radius:.5rem}}"
        f".board small{{display:block;font-weight:400;font-size:.875rem;color:{quiet}}}"
        ".board b{font-size:1.0625rem}.board .bar small{display:inline;margin-left:.6rem}"
        f".board .track{{display:block;position:relative;height:1.1rem;background:{palette.surface};"
        "border-radius:.2rem;margin-bottom:.2rem}.board .fill{display:block;height:100%;border-radius:.2rem}"
        # The interval: a line with two ends, in the colour of the words, with the paper's around it.
        f".board .reach{{position:absolute;top:calc(50% - 1px);height:2px;background:{palette.text};"
        f"box-shadow:0 0 0 1px {palette.background}}}"
        f".board .reach::before,.board .reach::after{{content:'';position:absolute;top:-4px;width:2px;height:10px;"
        f"background:{palette.text};box-shadow:0 0 0 1px {palette.background}}}"
        ".board .reach::before{left:0}.board .reach::after{right:0}"
        "@media(max-width:768px){.board thead{display:none}.board tr{display:grid;"
        f"grid-template-columns:3.2rem 1fr auto;border-bottom:1px solid {palette.border};padding:.4rem 0}}"
        ".board th,.board td{border:0;padding:.1rem 0}.board .bar{grid-column:1/-1;width:auto;order:3}"
        ".board .cost{order:4;grid-column:span 3;font-size:.875rem}"
        ".board .cost::after{content:' parameters'}.board .cost:last-child::after{content:' multiply-adds'}}"
    )
