import { UserError } from "../errors";
import { ask, credentialOf, type EndpointClient } from "./endpointClient";
import type { Applied } from "./applyProgress";
import type { EndpointSpec } from "./endpoint";
import { print, printError, printKey } from "../output";
import { shownPath } from "../projectDirectory";

/**
 * Shows where the endpoint is and, when its folder has a sample request, a real answer.
 *
 * @param sample the sample request's path; undefined when there is none
 * @throws UserError when the endpoint refuses the sample request
 */
export async function printEndpoint(
  host: EndpointClient,
  spec: EndpointSpec,
  sample: string | undefined,
  { answered, warnings }: Applied,
): Promise<void> {
  if (spec.deployments.length === 0) {
    print(`\nEndpoint ${spec.name} is paused: it has no deployment, and answers with 404.`);
    return;
  }
  const { scoringUri } = await host.status();
  const credential = await credentialOf(host);
  const split = Object.entries(spec.traffic).map(([name, percent]) => `${name} ${percent} %`);
  const live = spec.deployments.filter(({ name }) => (spec.traffic[name] ?? 0) > 0);
  const [first] = spec.deployments;
  // Without traffic only a request that names its deployment is answered.
  const named = live.length > 0 || first === undefined ? undefined : first.name;
  if (sample !== undefined) await printAnswer(host, sample, named);
  const headers = [
    `Authorization: Bearer ${credential}`,
    "Content-Type: application/json",
    ...(named === undefined ? [] : [`azureml-model-deployment: ${named}`]),
  ];
  const options = headers.map((header) => `-H ${shellQuoted(header)}`).join(" ");
  printKey(`
${headline(spec, answered)}
  Scoring URI  ${scoringUri}
  ${spec.authMode === "Key" ? "Key  " : "Token"}        ${credential}
  Traffic      ${split.join(", ")}

curl ${scoringUri} ${options} -d ${shellQuoted(`@${sample ?? "REQUEST.json"}`)}`);
  if (warnings.length > 0) printError(`\n${warnings.join("\n")}`);
}

/** "Answers" only what has answered. */
function headline(spec: EndpointSpec, answered: ReadonlySet<string>): string {
  const live = spec.deployments.filter(({ name }) => (spec.traffic[name] ?? 0) > 0);
  const silent = (live.length > 0 ? live : spec.deployments)
    .map(({ name }) => name)
    .filter((name) => !answered.has(name));
  if (silent.length === 0) return `Endpoint ${spec.name} answers on this machine.`;
  const have = silent.length === 1 ? "has" : "have";
  return `Endpoint ${spec.name} runs on this machine; ${silent.join(", ")} ${have} not answered a request yet.`;
}

/** Characters of an answer that are shown. */
const SHOWN = 300;

async function printAnswer(
  host: EndpointClient,
  sample: string,
  named: string | undefined,
): Promise<void> {
  const answer = await ask(host, sample, named);
  const short = answer.body.length > SHOWN ? `${answer.body.slice(0, SHOWN)} …` : answer.body;
  const from = answer.deployment ?? "nobody";
  const typed = shownPath(sample);
  if (answer.status >= 400 && named === undefined) {
    throw new UserError(`${typed} → HTTP ${answer.status} from ${from}\n  ${short}`);
  }
  print(`\n${typed} → HTTP ${answer.status} from ${from}`);
  print(`  ${short}`);
}

function shellQuoted(text: string): string {
  return `'${text.replaceAll("'", `'\\''`)}'`;
}
