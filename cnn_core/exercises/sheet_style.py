"""How a sheet of exercises looks, beyond what a report's style says of all pages."""

from __future__ import annotations

SHEET_STYLE = """
body { max-width: 780px; } .page { margin-bottom: 48px; }
.head { display: flex; justify-content: space-between; gap: 24px; align-items: baseline; border-bottom: 2px solid
  var(--ink); padding-bottom: 6px; } .head h1 { margin: 0; } .head p { margin: 0; white-space: nowrap; }
.blank { display: inline-block; min-width: 180px; border-bottom: 1px solid var(--ink); }
ol.tasks { padding-left: 26px; margin: 8px 0; } ol.tasks > li { margin: 0 0 16px; break-inside: avoid; }
ol.tasks > li::marker { font-weight: 700; } .ask { font-weight: 600; } .answer { margin: 10px 0 0; }
.row { display: flex; flex-wrap: wrap; gap: 10px 18px; margin: 8px 0; align-items: flex-end; }
.row figure { margin: 0; } .row figcaption { font-weight: 400; font-size: 12px; }
.row img { display: block; height: 112px; width: auto; image-rendering: pixelated; border: 1px solid var(--line); }
table.kernel { width: auto; border: 1px solid var(--line); } .kernel td { width: 29px; height: 24px; padding: 0;
  text-align: center; font-size: 10px; font-variant-numeric: tabular-nums; border: 0; }
.box { display: inline-block; width: 12px; height: 12px; border: 1.5px solid var(--ink); margin: 0 6px -1px 0; }
.choices span.choice { margin-right: 22px; white-space: nowrap; }
.worked { width: auto; margin: 3px 0; } .worked td { border: 0; padding: 1px 10px 1px 0; }
.worked small { display: block; color: var(--faint); }
@media print { .page { break-before: page; margin: 0; } .page:first-of-type { break-before: auto; }
  body { font-size: 12px; line-height: 1.35; } ol.tasks > li { margin-bottom: 12px; } .row img { height: 96px; }
  .questions ol.tasks > li { margin-bottom: 18px; } .kernel td { width: 28px; height: 21px; font-size: 9px; } }
"""
