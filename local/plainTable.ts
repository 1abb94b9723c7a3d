import Table from "cli-table3";

/** Characters of a deployment's name in a line; the longest names take two, so that 80 columns are enough. */
const NAME_WIDTH = 20;

/** A table without lines between its cells. */
export function plainTable(
  head: readonly string[],
  rows: readonly (readonly string[])[],
  numbers: readonly number[] = [],
): string {
  const table = new Table({
    head: [...head],
    chars: BORDERLESS,
    colAligns: head.map((_, column) => (numbers.includes(column) ? "right" : "left")),
    style: { head: [], border: [], "padding-left": 0, "padding-right": 2 },
  });
  table.push(...rows.map((row) => [...row]));
  return table.toString();
}

/** A deployment's name for a cell. */
export function nameCell(name: string): string {
  return name.match(new RegExp(`.{1,${NAME_WIDTH}}`, "g"))?.join("\n") ?? "";
}

const BORDERLESS = Object.fromEntries(
  [
    ...["top", "top-mid", "top-left", "top-right", "bottom", "bottom-mid", "bottom-left"],
    ...["bottom-right", "left", "left-mid", "mid", "mid-mid", "right", "right-mid", "middle"],
  ].map((name) => [name, ""]),
);
