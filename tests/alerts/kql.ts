import { readFileSync } from "node:fs";
import { dirname, join } from "node:path";
import { runInThisContext } from "node:vm";

/**
 * Microsoft's own parser of KQL, which the portal's editor uses. It checks names and types against the columns of a table; it
 * does not run queries.
 */

/** A node of the syntax tree, as far as the tests read it. */
export interface Node {
  readonly Kind: number;
  readonly ChildCount: number;
  readonly Text?: string;
  GetChild(index: number): Node | null;
  toString(): string;
}

interface List<T> {
  readonly Count: number;
  getItem(index: number): T;
}

interface Globals {
  WithDatabase(database: object): Globals;
}

interface Code {
  readonly Syntax: Node;
  GetDiagnostics(): List<{ readonly Message: string }>;
}

/** The part of the package that is used here; its own types describe all of a C# library. */
interface Language {
  readonly KustoCode: { ParseAndAnalyze(text: string, globals: Globals): Code };
  readonly GlobalState: { readonly Default: Globals };
  readonly Symbols: {
    readonly TableSymbol: {
      readonly $ctor7: new (name: string, schema: string, description: null) => object;
    };
    readonly DatabaseSymbol: { readonly $ctor1: new (name: string, members: object[]) => object };
  };
  readonly Syntax: { readonly SyntaxKind: Readonly<Record<string, number>> };
}

/** Tables and the columns of them that are read (Azure Monitor, reference of tables, by these names). */
const TABLES = {
  AmlOnlineEndpointTrafficLog:
    "(TimeGenerated:datetime, EndpointName:string, DeploymentName:string, ResponseCode:int, ModelStatusCode:int, TotalDurationMs:int)",
  AppMetrics: "(TimeGenerated:datetime, Name:string, Sum:real)",
  AmlOnlineEndpointEventLog:
    "(TimeGenerated:datetime, DeploymentName:string, InstanceId:string, Name:string, Message:string, OperationName:string, _ResourceId:string)",
  AmlOnlineEndpointConsoleLog:
    "(TimeGenerated:datetime, DeploymentName:string, InstanceId:string, ContainerName:string, Message:string, OperationName:string, _ResourceId:string)",
};

function load(): Language {
  // Its classes are global, and a suite before this one may have run in the same process.
  const loaded = runInThisContext("globalThis.Kusto?.Language") as Language | undefined;
  if (loaded !== undefined) return loaded;
  const folder = dirname(require.resolve("@kusto/language-service-next"));
  for (const file of ["bridge.min.js", "Kusto.Language.Bridge.min.js"]) {
    runInThisContext(readFileSync(join(folder, file), "utf8"), { filename: file });
  }
  return runInThisContext("Kusto.Language") as Language;
}

const language = load();
const { TableSymbol, DatabaseSymbol } = language.Symbols;
const tables = Object.entries(TABLES).map(
  ([name, columns]) => new TableSymbol.$ctor7(name, columns, null),
);
const globals = language.GlobalState.Default.WithDatabase(
  new DatabaseSymbol.$ctor1("logs", tables),
);

const NAMES = new Map(
  Object.entries(language.Syntax.SyntaxKind).map(([name, kind]) => [kind, name]),
);

/** What is wrong with a query, and its tree. */
export function parseKql(query: string): { readonly problems: string[]; readonly tree: Node } {
  const code = language.KustoCode.ParseAndAnalyze(query, globals);
  const found = code.GetDiagnostics();
  const problems = Array.from({ length: found.Count }, (_, index) => found.getItem(index).Message);
  return { problems, tree: code.Syntax };
}

export function kindOf(node: Node): string {
  return NAMES.get(node.Kind) ?? String(node.Kind);
}

export function childrenOf(node: Node): Node[] {
  return Array.from({ length: node.ChildCount }, (_, index) => node.GetChild(index)).filter(
    (child) => child !== null,
  );
}
