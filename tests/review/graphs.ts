import { jest } from "@jest/globals";
import { ConfigError, UserError } from "../../errors";
import { graphOf } from "../../graph/graph";
import type { StackSettings } from "../../graph/settings";
import { policyResources } from "../../policy/resources";
import { comparedStack, policyJudge, type Evaluated } from "../../review/compare";
import { say } from "../../review/document";
import { failure, spokenLines } from "../../review/evaluate";
import type { DeclaredGraph, Resource, Review, StackReview } from "../../review/model";
import { emulatedPrincipals } from "../../review/rendering";
import { evaluatedUp } from "../evaluation/client";
import { productionSettings, sandboxSettings } from "../stacks";

/** The day on which everything here is judged. */
const TODAY = new Date("2026-06-15T12:00:00Z");

/** What the policy pack wants of every resource. */
const TAGS = { application: "flood", environment: "tests", owner: "tests" };

/** What a review would get of a stack with these settings: its graph, or why it is refused. */
export async function evaluatedWith(stack: string, settings: StackSettings): Promise<Evaluated> {
  const said: string[] = [];
  const console_ = jest.spyOn(console, "warn").mockImplementation((...words: unknown[]) => {
    said.push(...words.map(String));
  });
  try {
    const run = await evaluatedUp(stack, settings);
    const resources = policyResources(graphOf(run));
    const principals = emulatedPrincipals(resources);
    const warnings = spokenLines(said.join("\n")).map(({ text }) => text);
    return {
      kind: "graph",
      graph: { resources, outputs: run.outputs, principals, warnings },
      settings,
    };
  } catch (error) {
    if (!(error instanceof ConfigError || error instanceof UserError)) throw error;
    return failure(error.message, spokenLines(error.message));
  } finally {
    console_.mockRestore();
  }
}

export function production(changes: Record<string, unknown> = {}): Promise<Evaluated> {
  return evaluatedWith("production", productionSettings({ tags: TAGS, ...changes }));
}

export function sandbox(changes: Record<string, unknown> = {}): Promise<Evaluated> {
  return evaluatedWith("sandbox", sandboxSettings({ tags: TAGS, ...changes }));
}

/** The same evaluation with another graph. */
export function edited(
  before: Evaluated,
  edit: (graph: DeclaredGraph) => Partial<DeclaredGraph>,
): Evaluated {
  if (before.kind !== "graph") throw new Error("there is no graph to edit");
  return { ...before, graph: { ...before.graph, ...edit(before.graph) } };
}

/** The same evaluation with one resource changed; it must be there. */
export function withResource(
  before: Evaluated,
  name: string,
  type: string,
  change: (resource: Resource) => Resource | Resource[],
): Evaluated {
  return edited(before, ({ resources }) => {
    const isIt = (one: Resource) => one.name === name && one.type.endsWith(type);
    if (resources.filter(isIt).length !== 1) throw new Error(`not one ${type} ${name}`);
    return { resources: resources.flatMap((one) => (isIt(one) ? change(one) : [one])) };
  });
}

/** The same resource with other inputs. */
export function withInputs(resource: Resource, inputs: Record<string, unknown>): Resource {
  return { ...resource, inputs: { ...resource.inputs, ...inputs } };
}

export function reviewed(stack: string, before: Evaluated, after: Evaluated): StackReview {
  return comparedStack(stack, before, after, policyJudge(TODAY));
}

export function reviewOf(...stacks: StackReview[]): Review {
  return { stacks, compared: say`Compared with ${"main"}.` };
}
