/**
 * How every page of this project looks: light, dark and on paper. Every colour of text has a contrast of 4.5 to 1 at the least
 * (WCAG AA).
 */
export const BASE_STYLE = `
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
nav ul, .counts, .headlines, .legend { list-style: none; margin: 0; padding: 0; display: flex; flex-wrap: wrap; gap: 6px 18px; }
nav { margin-top: 12px; }
code { font: .87em/1.45 ui-monospace, SFMono-Regular, Menlo, Consolas, "DejaVu Sans Mono", monospace; background: var(--code); border-radius: 4px; padding: 1px 4px; overflow-wrap: anywhere; unicode-bidi: isolate; }
.cards { display: grid; grid-template-columns: repeat(auto-fit, minmax(min(100%, 420px), 1fr)); gap: 16px; align-items: start; }
.card { border: 1px solid var(--line); border-radius: 8px; padding: 14px 18px 16px; background: var(--raised); min-width: 0; }
.card h3 { margin: 0 0 6px; font-size: 18px; }
.badge { display: inline-block; align-self: start; margin-top: 2px; border: 1px solid; border-radius: 4px; padding: 0 6px; font-size: 12px; line-height: 18px; font-weight: 700; text-align: center; }
.badge.blocking { color: #fff; background: #a40e26; border-color: #a40e26; }
.badge.review { color: var(--update); background: var(--update-ground); }
.badge.note { color: var(--quiet); }
.stroke { display: inline-block; width: 26px; border-top: 2px solid; vertical-align: 4px; }
.scroll { overflow-x: auto; max-width: 100%; }
.drawing { border: 1px solid var(--line); border-radius: 8px; padding: 8px; }
table { border-collapse: collapse; width: 100%; font-size: 14px; }
caption { text-align: left; color: var(--quiet); font-size: 13px; padding: 4px 0; }
th, td { text-align: left; vertical-align: top; padding: 5px 12px 5px 0; border-bottom: 1px solid var(--line); overflow-wrap: break-word; }
td code { display: inline-block; max-width: 100%; }
th { font-size: 13px; }
details { margin: 6px 0; }
summary { cursor: pointer; }
summary, li, p, h1, h2, h3 { overflow-wrap: anywhere; }
small { color: var(--quiet); font-size: 12px; }
[hidden] { display: none !important; }
.compared { margin: 0; color: var(--quiet); max-width: 90ch; }
.legend { margin-bottom: 8px; font-size: 13px; color: var(--quiet); }
.legend b { display: inline-block; width: 18px; text-align: center; border: 1px solid; border-radius: 4px; }
@media (max-width: 600px) {
  header, main { padding-left: 14px; padding-right: 14px; }
  h1 { font-size: 22px; }
}
@page { margin: 14mm; }
@media print {
  :root { color-scheme: light; }
  body { font-size: 11px; }
  h1 { font-size: 20px; } h2 { font-size: 16px; margin-top: 20px; } h3 { font-size: 13px; margin-top: 12px; }
  header, main { max-width: none; padding: 0; }
  .skip, nav { display: none; }
  .badge, .legend { print-color-adjust: exact; }
  .cards { display: block; } .card { margin-bottom: 10px; }
  .scroll, .drawing { overflow: visible; border: 0; padding: 0; }
  table { font-size: 11px; }
  tr { break-inside: avoid; }
  h2, h3, .legend { break-after: avoid; }
  details::details-content { content-visibility: visible; display: block; height: auto; }
  a { color: inherit; text-decoration: none; }
}
`;
