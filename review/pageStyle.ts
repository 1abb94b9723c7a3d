import { BASE_STYLE } from "../page/baseStyle";

/** The base, and what only a review has. */
export const STYLE = `${BASE_STYLE}
.counts { margin-bottom: 10px; gap: 4px 14px; }
.counts b { font-variant-numeric: tabular-nums; }
.counts .none { color: var(--quiet); }
.create { color: var(--create); } .update { color: var(--update); } .replace { color: var(--replace); } .delete { color: var(--delete); }
.refused { margin: 0 0 10px; color: var(--delete); font-weight: 700; }
.headlines { display: block; }
.headlines > li { display: grid; grid-template-columns: 72px 1fr; gap: 10px; padding: 5px 0; border-top: 1px solid var(--line); }
.headlines > li > span { min-width: 0; overflow-wrap: anywhere; }
.stroke.traffic { border-color: var(--traffic); border-top-width: 3px; } .stroke.link { border-color: var(--text); } .stroke.acts { border-color: var(--role); border-top-style: dotted; } .stroke.role { border-color: var(--role); border-top-style: dashed; }
.figure { position: relative; left: 50%; translate: -50%; width: max(100%, min(100vw - 64px, var(--whole))); }
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
.change td:first-child { width: 30%; }
.change { border: 1px solid var(--line); border-radius: 6px; padding: 6px 12px; }
.change[open] > summary { margin-bottom: 4px; }
.members { columns: 320px; margin: 4px 0; padding-left: 20px; overflow-wrap: anywhere; }
.change:target { border-color: var(--link); }
.op { display: inline-block; min-width: 84px; font-weight: 700; }
.search { position: sticky; top: 0; background: var(--ground); padding: 8px 0; display: flex; flex-wrap: wrap; gap: 6px 12px; align-items: center; }
.search input { font: inherit; color: inherit; background: var(--raised); border: 1px solid var(--quiet); border-radius: 6px; padding: 6px 10px; width: min(100%, 360px); }
.search p { margin: 0; color: var(--quiet); }
@media screen and (max-width: 800px) {
  .figure { position: static; translate: none; width: auto; }
  .drawing { display: none; }
  .boxes { display: block; }
}
@page drawing { size: A4 landscape; }
@media print {
  .search { display: none; }
  .topology { print-color-adjust: exact; }
  .stack > h2:has(+ .figure), .figure { page: drawing; }
  .figure { position: static; translate: none; width: auto; }
  .topology { max-height: 138mm; }
  .headlines > li { break-inside: avoid; }
}
`;
