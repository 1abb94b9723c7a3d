/**
 * The table "What each folder may import" of docs/architecture.md as rules, one for each row, and no circles. The table is
 * read here, so that there is one place to change.
 */
const { readFileSync } = require("node:fs");
const { join } = require("node:path");

const TABLE = /^\| `([\w./]+)` +\|[^|]*\|([^|]*)\|([^|]*)\|$/gm;
const text = readFileSync(join(__dirname, "docs", "architecture.md"), "utf8");
const rows = [...text.matchAll(TABLE)].map(([, folder, mustNotKnow, imports]) => ({
  folder,
  mustNotKnow,
  imports: [...imports.matchAll(/`([\w./]+)`/g)].map(([, path]) => path),
}));
const folders = rows.map(({ folder }) => folder);
const unknown = rows
  .flatMap(({ imports }) => imports)
  .filter((path) => !folders.some((folder) => path.startsWith(folder)));
if (rows.length === 0) throw new Error("docs/architecture.md has no table of folders.");
if (unknown.length > 0) throw new Error(`No row of the table is for ${unknown.join(", ")}.`);

const escaped = (path) => path.replaceAll(".", "\\.");
/** Matches a folder or file of the table, without subfolders that have a row of their own. */
const exactly = (path) => {
  const inner = folders.filter((other) => other !== path && other.startsWith(path));
  const without = inner.map((other) => `(?!${escaped(other)})`).join("");
  return `^${without}${escaped(path)}${path.endsWith("/") ? "" : "$"}`;
};

/** Tests, packages, and the configuration of tools at the top. */
const NOT_PRODUCT = "^((tests|node_modules)/|[^/]+\\.[cm]js$)";
/** @type {import("dependency-cruiser").IConfiguration} */
module.exports = {
  forbidden: [
    ...rows.map(({ folder, imports }) => ({
      name: `${folder} imports only what its row allows`,
      severity: "error",
      from: { path: exactly(folder) },
      to: {
        dependencyTypes: ["local", "aliased", "localmodule", "undetermined"],
        pathNot: [folder, ...imports].map(exactly),
      },
    })),
    {
      name: "every folder has a row",
      severity: "error",
      from: { pathNot: [NOT_PRODUCT, ...folders.map(exactly)] },
      to: {},
    },
    {
      name: "only components/ declares resources",
      severity: "error",
      from: { pathNot: [NOT_PRODUCT, exactly("components/")] },
      to: {
        path: "(^|/)@pulumi/(azure-native|docker|kubernetes)(/|$)",
        // The emulator's plug-in takes the providers' versions from there.
        pathNot: "package\\.json$",
      },
    },
    {
      name: "folders that must not know Pulumi",
      severity: "error",
      from: {
        path: rows
          .filter(({ mustNotKnow }) => mustNotKnow.includes("Pulumi"))
          .map(({ folder }) => exactly(folder)),
      },
      to: { path: "(^|/)@pulumi/" },
    },
    {
      name: "no circles",
      severity: "error",
      from: {},
      to: { circular: true },
    },
    {
      name: "every import is found",
      severity: "error",
      from: {},
      to: { couldNotResolve: true },
    },
  ],
  options: {
    doNotFollow: { path: "node_modules" },
    exclude: {
      path: "^(\\.local|coverage|node_modules/\\.cache|scoring|template|tests/fixtures/consumer)/",
    },
    tsPreCompilationDeps: true,
    tsConfig: { fileName: "tsconfig.json" },
    enhancedResolveOptions: {
      exportsFields: ["exports"],
      conditionNames: ["import", "require", "node", "default", "types"],
    },
  },
};
