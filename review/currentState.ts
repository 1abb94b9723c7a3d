import { textAt } from "../graph/paths";
import { markdownTable } from "../policy/markdownTable";
import { prose, say, type Text } from "./document";
import { exposures } from "./exposures";
import { grants } from "./grants";
import { textMarkdown } from "./markdown";
import type { StackGraph, StackReview } from "./model";
import { named, withId } from "./naming";
import { topologyOf } from "./topology/draw";
import { allNodes, type Edge, type Node } from "./topology/model";
import { count } from "./typeNames";

/** Where the generated part of docs/infra-review.md begins and ends. */
export const MARKS = {
  begin: "<!-- Made by: npm run review -- --standing docs/infra-review.md -->",
  end: "<!-- End of what is made -->",
} as const;

/** Roles by which data is read or written, as against managed. */
const DATA_ROLE = /\bData\b|^AcrPull$|Secrets|Metrics Writer/;

/**
 * What a reviewer asks every time, answered from what the stacks declare: data flows, trust boundaries, identities.
 *
 * @param stacks each compared with itself
 */
export function currentStateAnswers(stacks: readonly StackReview[]): string {
  return stacks.flatMap(answersOf).join("\n\n");
}

/** The document with its generated part made anew. @throws Error when it has no place for that */
export function withCurrentStateAnswers(document: string, answers: string): string {
  const [before, rest] = document.split(MARKS.begin);
  const after = rest?.split(MARKS.end)[1];
  if (before === undefined || after === undefined) throw new Error("the marks are missing");
  return [before, MARKS.begin, "\n\n", answers, "\n\n", MARKS.end, after].join("");
}

function answersOf(review: StackReview): string[] {
  const { stack, after } = review;
  const { nodes, edges } = topologyOf(review) ?? { nodes: [], edges: [] };
  if (after === undefined) return [];
  return [
    `### ${stack}: data flows`,
    written(["from", "to", "what"], [...flows(nodes, edges), ...dataRoles(after), ...logs(after)]),
    `### ${stack}: trust boundaries`,
    written(["within", "is", "that holds"], boundaries(nodes)),
    "What the internet reaches, or what reaches it:",
    written(
      ["way", "what"],
      exposures(after).map(({ way, text }) => [prose(way), text]),
    ),
    `### ${stack}: identities`,
    written(["who", "acts for", "role", "on"], identities(after, nodes, edges)),
  ];
}

function written(head: readonly string[], rows: readonly (readonly Text[])[]): string {
  return markdownTable(
    head,
    rows.map((row) => row.map(textMarkdown)),
  );
}

function nameOf({ kind, name }: Node): Text {
  return name === "" ? prose(kind) : say`${prose(kind)} ${name}`;
}

/** Requests, and connections in the network. */
function flows(nodes: readonly Node[], edges: readonly Edge[]): Text[][] {
  const names = new Map(allNodes(nodes).map((node) => [node.id, nameOf(node)]));
  return edges
    .filter(({ kind }) => kind === "traffic" || kind === "link")
    .map(({ from, to, kind, label }) => [
      names.get(from) ?? [],
      names.get(to) ?? [],
      prose(kind === "traffic" && label.includes("%") ? `requests, ${label}` : label),
    ]);
}

function dataRoles(graph: StackGraph): Text[][] {
  return grants(graph)
    .filter(({ role }) => DATA_ROLE.test(role.name))
    .map(({ whoWords, scopeWords, role }) => [whoWords, scopeWords, say`as ${role.name}`]);
}

function logs(graph: StackGraph): Text[][] {
  const sinks = graph.resources
    .filter(({ type }) => type.endsWith(":DiagnosticSetting"))
    .map(({ inputs }) => textAt(inputs, "workspaceId"));
  return [...new Set(sinks)].flatMap((id) => {
    const sink = withId(graph, id);
    const number = sinks.filter((one) => one === id).length;
    return sink === undefined
      ? []
      : [[prose(count(number, "diagnostic setting")), named(sink), prose("logs and metrics")]];
  });
}

/** Boxes of the drawing, less those that only keep things of one kind together; one within another says so. */
function boundaries(nodes: readonly Node[], within: Text = prose("–")): Text[][] {
  return nodes
    .filter(({ name, children }) => name !== "" && children.length > 0)
    .flatMap((node) => [
      [
        within,
        say`${nameOf(node)}${node.note ? say`, ${node.note}` : []}`,
        node.children.flatMap((child, index) => [
          ...prose(index === 0 ? "" : ", "),
          ...nameOf(child),
        ]),
      ],
      ...boundaries(node.children, nameOf(node)),
    ]);
}

function identities(graph: StackGraph, nodes: readonly Node[], edges: readonly Edge[]): Text[][] {
  const names = new Map(allNodes(nodes).map((node) => [node.id, nameOf(node)]));
  const actors = (identity: string | undefined): Text => {
    const found = edges.filter(({ kind, to }) => kind === "acts" && to === identity);
    return found.length === 0
      ? prose("–")
      : found.flatMap(({ from }, index) => [
          ...prose(index === 0 ? "" : ", "),
          ...(names.get(from) ?? []),
        ]);
  };
  return grants(graph).map(({ whoWords, identity, role, scopeWords }) => [
    whoWords,
    actors(identity),
    say`${role.name}`,
    scopeWords,
  ]);
}
