import { valueAt } from "../graph/paths";
import { isComponent, typeWithoutVersion } from "../policy/resources";
import { differing } from "./difference";
import { enginePreview, type State, type Step } from "./enginePreview";
import type { DeclaredGraph, Op, Resource, ResourceChange } from "./model";
import { withoutListedPools } from "./listedPools";
import { withRenames } from "./renames";

/** A real preview: both sides, and what the engine would do. */
export interface PreviewedStack {
  readonly stack: string;
  readonly before: DeclaredGraph;
  readonly after: DeclaredGraph;
  readonly changes: readonly ResourceChange[];
  /** Why the preview failed. */
  readonly errors: readonly string[];
}

/** The engine's words for one step of a replacement and for looking only. */
const OPS: Readonly<Record<string, Op>> = {
  create: "create",
  update: "update",
  same: "same",
  delete: "delete",
  replace: "replace",
  "create-replacement": "replace",
  "delete-replaced": "replace",
  import: "create",
  "import-replacement": "replace",
  refresh: "same",
};

/** @throws UserError when the text is not a preview */
export function previewedStack(text: string, file: string): PreviewedStack {
  const { stack, steps, warnings, errors } = enginePreview(text, file);
  const before = graphOf(steps, "oldState", []);
  const after = graphOf(steps, "newState", warnings);
  const changes = withoutListedPools(changesOf(steps), before, after);
  return { stack, before: asCompared(before, changes), after, changes, errors };
}

/** What was before, as the changes tell it. */
function asCompared(graph: DeclaredGraph, changes: readonly ResourceChange[]): DeclaredGraph {
  const before = new Map(changes.map((change) => [change.resource.urn, change.before]));
  return { ...graph, resources: graph.resources.map((one) => before.get(one.urn) ?? one) };
}

function graphOf(
  steps: readonly Step[],
  side: "oldState" | "newState",
  warnings: readonly string[],
): DeclaredGraph {
  // A preview has ids and outputs of the old states alone; what is not replaced keeps them.
  const states = new Map(
    steps
      .filter(({ op, [side]: one }) => op !== "read" && one !== undefined)
      .map(({ urn, oldState, [side]: one }) => [urn, { ...oldState, ...one } as State] as const),
  );
  const all = [...states.values()];
  const principals = all.flatMap(({ urn, type, outputs = {} }) =>
    [
      type.endsWith(":UserAssignedIdentity") ? outputs["principalId"] : undefined,
      valueAt(outputs, "identity.principalId"),
    ]
      .filter((id) => typeof id === "string")
      .map((id) => [id, urn] as const),
  );
  return {
    resources: all.filter(isResource).map(resourceOf),
    outputs: steps.map((one) => one[side]).find(isStack)?.outputs ?? {},
    principals: Object.fromEntries(principals),
    warnings,
  };
}

/** A replacement is up to three steps for one URN. */
function changesOf(steps: readonly Step[]): ResourceChange[] {
  const byUrn = new Map<string, Step[]>();
  for (const one of steps) {
    const states = [one.oldState, one.newState].filter((found) => found !== undefined);
    if (OPS[one.op] === undefined || !states.some(isResource)) continue;
    byUrn.set(one.urn, [...(byUrn.get(one.urn) ?? []), one]);
  }
  return withRenames([...byUrn.values()].map(changeOf));
}

function changeOf(all: readonly Step[]): ResourceChange {
  // What a refresh finds is the state that the plan starts from; its own step tells what was known before.
  const planned = all.filter(({ op }) => op !== "refresh");
  const steps = planned.length > 0 ? planned : all;
  const ops = steps.map(({ op }) => OPS[op] ?? "same");
  const op = ops.includes("replace") ? "replace" : (ops.find((one) => one !== "same") ?? "same");
  const [old, next] = (["oldState", "newState"] as const).map((side) =>
    steps.map((one) => one[side]).find((one) => one !== undefined),
  );
  const before = op === "create" || old === undefined ? undefined : resourceOf(old);
  const after = op === "delete" || next === undefined ? undefined : resourceOf({ ...old, ...next });
  return {
    op,
    resource: (after ?? before) as Resource,
    ...(before === undefined ? {} : { before }),
    ...(after === undefined ? {} : { after }),
    properties: before === undefined || after === undefined ? [] : differing(before, after),
    immutable: [...new Set(steps.flatMap(({ replaceReasons }) => replaceReasons ?? []))],
  };
}

function isStack(state: State | undefined): boolean {
  return state?.type === "pulumi:pulumi:Stack";
}

function isResource({ type, custom }: State): boolean {
  return custom && !isComponent(type) && !/^pulumi:(providers:(?!kubernetes)|pulumi:)/.test(type);
}

function resourceOf(state: State): Resource {
  const { __provider: _code, ...inputs } = state.inputs;
  return {
    urn: state.urn,
    type: typeWithoutVersion(state.type),
    name: state.urn.split("::").at(-1) ?? "",
    id: state.id,
    inputs,
    protect: state.protect,
    ignoreChanges: state.ignoreChanges,
    sources: Object.fromEntries(
      Object.entries(state.propertyDependencies).map(([key, urns]) => [key, urns ?? []]),
    ),
  };
}
