/** How the page looks: light, dark and on paper. Every colour of text has a contrast of 4.5 to 1 at the least (WCAG AA). */
export const STYLE = `
:root {
  color-scheme: light dark;
  --ground: #fff; --raised: #f6f8fa; --line: #d0d7de; --text: #1f2328; --quiet: #57606a; --link: #0550ae;
  --create: #116329; --create-ground: #e6f6ea; --update: #7d4e00; --update-ground: #fff5d6;
  --replace: #6639ba; --replace-ground: #f3edff; --delete: #a40e26; --delete-ground: #ffebe9;
  --traffic: #0550ae; --role: #6e7781; --code: #eef1f4;
}
@media (prefers-color-scheme: dark) {
  :root {
    --ground: #0d1117; --raised: #161b22; --line: #3d444d; --text: #e6edf3; --quiet: #9ea7b3; --link: #79b8ff;
    --create: #56d364; --create-ground: #0f2d18; --update: #e3b341; --update-ground: #2e2309;
    --replace: #d2a8ff; --replace-ground: #271a3d; --delete: #ff8f87; --delete-ground: #3c1214;
    --traffic: #79b8ff; --role: #8b949e; --code: #21262d;
  }
}
* { box-sizing: border-box; }
body { margin: 0; background: var(--ground); color: var(--text); font: 15px/1.5 system-ui, "Segoe UI", "Helvetica Neue", Arial, sans-serif; }
header, main { max-width: 1400px; margin: 0 auto; padding: 0 24px; }
header { padding-top: 24px; }
main:focus { outline: none; }
a { color: var(--link); }
:focus-visible { outline: 3px solid var(--link); outline-offset: 2px; border-radius: 3px; }
.skip { position: absolute; left: -999px; top: 0; padding: 8px 16px; background: var(--ground); z-index: 1; }
.skip:focus { left: 8px; top: 8px; }
.eyebrow { margin: 0; color: var(--quiet); font-weight: 600; }
h1 { margin: 4px 0 8px; font-size: 28px; line-height: 1.25; text-wrap: balance; }
h2 { margin: 40px 0 12px; padding-bottom: 6px; border-bottom: 1px solid var(--line); font-size: 22px; }
h3 { margin: 24px 0 8px; font-size: 17px; }
.compared { margin: 0; color: var(--quiet); max-width: 90ch; }
nav ul, .counts, .headlines, .legend { list-style: none; margin: 0; padding: 0; display: flex; flex-wrap: wrap; gap: 6px 18px; }
nav { margin-top: 12px; }
code { font: .87em/1.45 ui-monospace, SFMono-Regular, Menlo, Consolas, "DejaVu Sans Mono", monospace; background: var(--code); border-radius: 4px; padding: 1px 4px; overflow-wrap: anywhere; unicode-bidi: isolate; }
.cards { display: grid; grid-template-columns: repeat(auto-fit, minmax(min(100%, 420px), 1fr)); gap: 16px; align-items: start; }
.card { border: 1px solid var(--line); border-radius: 8px; padding: 14px 18px 16px; background: var(--raised); min-width: 0; }
.card h3 { margin: 0 0 6px; font-size: 18px; }
.counts { margin-bottom: 10px; gap: 4px 14px; }
.counts b { font-variant-numeric: tabular-nums; }
.counts .none { color: var(--quiet); }
.create { color: var(--create); } .update { color: var(--update); } .replace { color: var(--replace); } .delete { color: var(--delete); }
.refused { margin: 0 0 10px; color: var(--delete); font-weight: 700; }
.headlines { display: block; }
.headlines > li { display: grid; grid-template-columns: 72px 1fr; gap: 10px; padding: 5px 0; border-top: 1px solid var(--line); }
.headlines > li > span { min-width: 0; overflow-wrap: anywhere; }
.badge { display: inline-block; align-self: start; margin-top: 2px; border: 1px solid; border-radius: 4px; padding: 0 6px; font-size: 12px; line-height: 18px; font-weight: 700; text-align: center; }
.badge.blocking { color: #fff; background: #a40e26; border-color: #a40e26; }
.badge.review { color: var(--update); background: var(--update-ground); }
.badge.note { color: var(--quiet); }
.legend { margin-bottom: 8px; font-size: 13px; color: var(--quiet); }
.legend b { display: inline-block; width: 18px; text-align: center; border: 1px solid; border-radius: 4px; }
.stroke { display: inline-block; width: 26px; border-top: 2px solid; vertical-align: 4px; }
.stroke.traffic { border-color: var(--traffic); border-top-width: 3px; } .stroke.link { border-color: var(--text); } .stroke.acts { border-color: var(--role); border-top-style: dotted; } .stroke.role { border-color: var(--role); border-top-style: dashed; }
.scroll { overflow-x: auto; max-width: 100%; }
.figure { position: relative; left: 50%; translate: -50%; width: max(100%, min(100vw - 64px, var(--whole))); }
.drawing { border: 1px solid var(--line); border-radius: 8px; padding: 8px; }
.topology { display: block; width: 100%; height: auto; margin: 0 auto; max-width: var(--whole); font: 12px system-ui, "Segoe UI", "Helvetica Neue", Arial, sans-serif; }
.boxes { display: none; list-style: none; margin: 0; padding: 0; font-size: 14px; }
.boxes ul { list-style: none; margin: 4px 0 0; padding: 0; }
.boxes li { border: 1px solid var(--line); border-radius: 6px; padding: 5px 8px; margin: 5px 0; color: var(--text); background: var(--raised); overflow-wrap: anywhere; }
.boxes li.create { border-color: var(--create); } .boxes li.update { border-color: var(--update); } .boxes li.replace { border-color: var(--replace); } .boxes li.delete { border-color: var(--delete); border-style: dashed; }
.boxes small { display: block; } .way { font-size: 12px; color: var(--quiet); } .way.create { color: var(--create); } .way.update { color: var(--update); } .way.replace { color: var(--replace); } .way.delete { color: var(--delete); }
.topology rect { fill: var(--ground); stroke: var(--line); stroke-width: 1.2; }
.topology .box > rect { fill: var(--raised); fill-opacity: .65; }
.topology text { fill: var(--text); }
.topology .kind { fill: var(--quiet); font-size: 12px; }
.topology .name { font-size: 13px; font-weight: 600; }
.topology .create > rect { stroke: var(--create); fill: var(--create-ground); stroke-width: 2; }
.topology .update > rect { stroke: var(--update); fill: var(--update-ground); stroke-width: 2; }
.topology .replace > rect { stroke: var(--replace); fill: var(--replace-ground); stroke-width: 2.5; }
.topology .delete > rect { stroke: var(--delete); fill: var(--delete-ground); stroke-width: 2; stroke-dasharray: 5 3; }
.topology .box.update > rect, .topology .box.same > rect { fill: var(--raised); }
.topology .create > .kind { fill: var(--create); } .topology .update > .kind { fill: var(--update); } .topology .replace > .kind { fill: var(--replace); } .topology .delete > .kind { fill: var(--delete); }
.topology .delete > .name { text-decoration: line-through; }
.topology .line { fill: none; stroke: var(--text); stroke-width: 1.2; }
.topology .line.traffic { stroke: var(--traffic); stroke-width: 2.4; }
.topology .line.role { stroke: var(--role); stroke-dasharray: 6 3; }
.topology .line.acts { stroke: var(--role); stroke-width: 1.6; stroke-dasharray: 1.5 3; }
.topology .line.create { stroke: var(--create); stroke-width: 2.4; } .topology .line.update { stroke: var(--update); stroke-width: 2.4; } .topology .line.replace { stroke: var(--replace); stroke-width: 2.4; } .topology .line.delete { stroke: var(--delete); stroke-width: 2.4; }
.topology .end { fill: context-stroke; }
.topology .label text { font-size: 12px; text-anchor: middle; fill: var(--quiet); paint-order: stroke; stroke: var(--ground); stroke-width: 4px; stroke-linejoin: round; }
.topology .label.create text { fill: var(--create); } .topology .label.update text { fill: var(--update); } .topology .label.replace text { fill: var(--replace); } .topology .label.delete text { fill: var(--delete); }
table { border-collapse: collapse; width: 100%; font-size: 14px; }
caption { text-align: left; color: var(--quiet); font-size: 13px; padding: 4px 0; }
th, td { text-align: left; vertical-align: top; padding: 5px 12px 5px 0; border-bottom: 1px solid var(--line); overflow-wrap: break-word; }
td code { display: inline-block; max-width: 100%; }
.change td:first-child { width: 30%; }
th { font-size: 13px; }
details { margin: 6px 0; }
summary { cursor: pointer; }
summary, li, p, h1, h2, h3 { overflow-wrap: anywhere; }
.change { border: 1px solid var(--line); border-radius: 6px; padding: 6px 12px; }
.change[open] > summary { margin-bottom: 4px; }
.members { columns: 320px; margin: 4px 0; padding-left: 20px; overflow-wrap: anywhere; }
.change:target { border-color: var(--link); }
.op { display: inline-block; min-width: 84px; font-weight: 700; }
small { color: var(--quiet); font-size: 12px; }
.search { position: sticky; top: 0; background: var(--ground); padding: 8px 0; display: flex; flex-wrap: wrap; gap: 6px 12px; align-items: center; }
.search input { font: inherit; color: inherit; background: var(--raised); border: 1px solid var(--quiet); border-radius: 6px; padding: 6px 10px; width: min(100%, 360px); }
.search p { margin: 0; color: var(--quiet); }
[hidden] { display: none !important; }
@media (max-width: 600px) {
  header, main { padding-left: 14px; padding-right: 14px; }
  h1 { font-size: 22px; }
}
@media screen and (max-width: 800px) {
  .figure { position: static; translate: none; width: auto; }
  .drawing { display: none; }
  .boxes { display: block; }
}
@page { margin: 14mm; }
@page drawing { size: A4 landscape; }
@media print {
  :root { color-scheme: light; }
  body { font-size: 11px; }
  h1 { font-size: 20px; } h2 { font-size: 16px; margin-top: 20px; } h3 { font-size: 13px; margin-top: 12px; }
  header, main { max-width: none; padding: 0; }
  .skip, nav, .search { display: none; }
  .badge, .topology, .legend { print-color-adjust: exact; }
  .cards { display: block; } .card { margin-bottom: 10px; }
  .scroll, .drawing { overflow: visible; border: 0; padding: 0; }
  .stack > h2:has(+ .figure), .figure { page: drawing; }
  .figure { position: static; translate: none; width: auto; }
  table { font-size: 11px; }
  .topology { max-height: 138mm; }
  tr, .headlines > li { break-inside: avoid; }
  h2, h3, .legend { break-after: avoid; }
  details::details-content { content-visibility: visible; display: block; height: auto; }
  a { color: inherit; text-decoration: none; }
}
`;
