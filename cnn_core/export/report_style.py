"""How a report looks: on paper, on a bright screen and on a dark one."""

from __future__ import annotations

STYLE = """
:root { color-scheme: light dark; --paper: #fff; --ink: #1f2430; --faint: #5b6275; --line: #d5d9e3; --card: #f3f4f8;
  --training: #00796b; --validation: #b5179e; --right: 0, 121, 107; --wrong: 208, 98, 10; }
@media screen and (prefers-color-scheme: dark) { :root { --paper: #12141c; --ink: #eceef4; --faint: #a4abbd;
  --line: #3a4054; --card: #1c1f2b; --training: #4db6ac; --validation: #f06ee0; --right: 77, 182, 172;
  --wrong: 245, 155, 66; } }
* { box-sizing: border-box; }
body { margin: 0 auto; padding: 24px 20px; max-width: 780px; background: var(--paper); color: var(--ink);
  font: 14px/1.45 system-ui, sans-serif; print-color-adjust: exact; -webkit-print-color-adjust: exact; }
h1 { font-size: 24px; margin: 0 0 2px; overflow-wrap: anywhere; } h2 { font-size: 16px; margin: 22px 0 6px; }
p { margin: 4px 0; } footer { margin-top: 18px; } .faint { color: var(--faint); }
.note { white-space: pre-wrap; overflow-wrap: anywhere; }
.result { font-size: 17px; margin: 10px 0; padding: 10px 14px; background: var(--card); border-radius: 8px; }
table { border-collapse: collapse; width: 100%; } .wide { overflow-x: auto; }
th, td { padding: 3px 8px 3px 0; text-align: left; vertical-align: top; border-bottom: 1px solid var(--line); }
th { font-weight: 600; } td.number, th.number { text-align: right; font-variant-numeric: tabular-nums; }
tfoot td { font-weight: 600; border-bottom: 0; }
.curves { display: flex; flex-wrap: wrap; gap: 12px; } .curves figure { flex: 1 1 300px; } figure { margin: 0; }
figcaption { font-weight: 600; } svg.curve { width: 100%; height: auto; }
svg .grid { stroke: var(--line); } svg .number { fill: var(--faint); font-size: 11px; }
svg .end { text-anchor: end; } svg .middle { text-anchor: middle; }
polyline { fill: none; stroke-width: 1.5; } polyline.training { stroke: var(--training); }
polyline.validation { stroke: var(--validation); stroke-width: 2; stroke-dasharray: 5 3; }
circle.validation { fill: var(--validation); }
.key { display: inline-block; width: 22px; margin: 0 6px 3px 0; border-top: 2px solid var(--training); }
.key.validation { border-top: 2px dashed var(--validation); margin-left: 14px; }
table.confusion { width: auto; font-size: 12px; } .confusion td, .confusion th { padding: 2px 5px; text-align: center;
  min-width: 30px; max-width: 120px; overflow: hidden; text-overflow: ellipsis; white-space: nowrap; }
.confusion tbody th { text-align: right; }
.settings { columns: 2; column-gap: 28px; } .settings div { display: flex; justify-content: space-between; gap: 12px;
  border-bottom: 1px solid var(--line); padding: 2px 0; break-inside: avoid; }
.settings dt { color: var(--faint); } .settings dd { margin: 0; text-align: right; overflow-wrap: anywhere; }
dl { margin: 0; }
/* Side by side where there is room: a matrix of many classes takes the whole width. */
.pair { display: flex; flex-wrap: wrap; gap: 0 28px; } .pair section { flex: 1 1 300px; min-width: 0; }
.pair section:first-child { flex: 0 1 auto; } .pair section:first-child p { width: 0; min-width: 100%; }
.mistakes { display: grid; grid-template-columns: repeat(auto-fill, minmax(104px, 1fr)); gap: 10px; }
.mistakes img { width: 84px; height: 84px; object-fit: contain; image-rendering: pixelated; background: #000;
  display: block; margin-bottom: 3px; } .mistakes figcaption { font-weight: 400; font-size: 12px; line-height: 1.3;
  overflow-wrap: anywhere; }
@media (max-width: 520px) { .settings { columns: 1; } }
@page { size: A4; margin: 13mm; }
@media print { body { padding: 0; max-width: none; font-size: 10px; line-height: 1.3; } h1 { font-size: 19px; }
  h2 { margin: 9px 0 2px; font-size: 13px; break-after: avoid; } th, td { padding: 1px 8px 1px 0; }
  section.whole, figure, tr { break-inside: avoid; } .result { font-size: 12px; padding: 5px 10px; margin: 5px 0; }
  .settings { columns: 3; } .settings div { padding: 1px 0; } .wide { overflow: visible; }
  .curves { flex-wrap: nowrap; } .curves figure { flex: 1 1 0; min-width: 0; } svg.curve { max-height: 150px; }
  table.confusion { font-size: 10px; } .confusion td, .confusion th { padding: 1px 3px; min-width: 24px; }
  .mistakes { grid-template-columns: repeat(auto-fill, minmax(74px, 1fr)); gap: 5px; } footer { margin-top: 8px; }
  .mistakes img { width: 48px; height: 48px; } .mistakes figcaption { font-size: 9px; line-height: 1.2; } }
"""
