import { textAt } from "../graph/paths";
import { say, strong, type Headline } from "./document";
import type { StackGraph } from "./model";
import { named } from "./naming";

const ENDPOINT = "azure-native:machinelearningservices:OnlineEndpoint";

/**
 * What a caller shows, the safest last: a key is shared and names nobody, and every caller who may read the endpoint gets the
 * same token of Azure ML (Microsoft Learn, "Authentication and authorization for online endpoints").
 */
const MODES: readonly (readonly [mode: string, words: string])[] = [
  ["Key", "a shared key"],
  ["AMLToken", "a token of Azure ML"],
  ["AADToken", "a token of Entra ID"],
];

/** Endpoints whose callers need another credential after the change; a weaker one is blocking. */
export function authenticationChanges(
  before: StackGraph | undefined,
  after: StackGraph | undefined,
): Headline[] {
  return endpoints(after).flatMap((endpoint): Headline[] => {
    const old = endpoints(before).find(({ urn }) => urn === endpoint.urn);
    if (old === undefined) return [];
    const [was, is] = [rankOf(old), rankOf(endpoint)];
    if (was === is) return [];
    const change = say`callers of ${named(endpoint)} show ${wordsOf(endpoint)} instead of ${wordsOf(old)}; each of them needs it from the update on`;
    return is < was
      ? [{ weight: "blocking", text: say`${strong`Weaker authentication:`} ${change}` }]
      : [{ weight: "review", text: say`${strong`Authentication:`} ${change}` }];
  });
}

type Endpoint = StackGraph["resources"][number];

function endpoints(graph: StackGraph | undefined): readonly Endpoint[] {
  return (graph?.resources ?? []).filter(({ type }) => type === ENDPOINT);
}

const modeOf = ({ inputs }: Endpoint) => textAt(inputs, "properties.authMode");

function rankOf(endpoint: Endpoint): number {
  return MODES.findIndex(([mode]) => mode === modeOf(endpoint));
}

function wordsOf(endpoint: Endpoint): string {
  return MODES[rankOf(endpoint)]?.[1] ?? modeOf(endpoint);
}
