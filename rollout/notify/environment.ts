import { github, slack, teams, webhook, type Channel } from "./channels";
import { isReference, secretOf, type Vaults } from "./keyVault";
import { TELEMETRY } from "./telemetry";

type Environment = Readonly<Record<string, string | undefined>>;

export interface Channels {
  readonly channels: readonly Channel[];
  /** What is wrong with the variables; none has a value in it. */
  readonly problems: readonly string[];
}

const PREFIX = "MLSCORE_NOTIFY_";

/**
 * Who is to be told, by the environment's variables, whose values may be references to Key Vault. What is wrong there is a
 * warning: `abort` must not depend on it.
 */
export async function channelsIn(original: Environment, vaults: Vaults): Promise<Channels> {
  const channels: Channel[] = [];
  const problems: string[] = [];
  const environment = await withSecrets(original, vaults, problems);
  const read = (name: string) => {
    const value = environment[`${PREFIX}${name}`];
    return value === undefined || value === "" ? undefined : value;
  };
  const withUrl = (name: string, channel: (url: string) => Channel | undefined) => {
    const url = read(name);
    if (url === undefined) return;
    if (!isSafe(url)) {
      problems.push(`${PREFIX}${name} is not an https address, so nothing is sent there`);
      return;
    }
    const created = channel(url);
    if (created !== undefined) channels.push(created);
  };
  withUrl("WEBHOOK_URL", (url) => {
    const secret = read("WEBHOOK_SECRET");
    if (secret !== undefined && SECRET.test(secret)) return webhook(url, secret);
    problems.push(
      `${PREFIX}WEBHOOK_SECRET is not whsec_ and base64 of 24 to 64 bytes, so the webhook is not called: its receiver could not verify it`,
    );
    return undefined;
  });
  withUrl("SLACK_URL", slack);
  withUrl("TEAMS_URL", teams);
  const deployment = read("GITHUB_DEPLOYMENT");
  if (deployment !== undefined) {
    const { GITHUB_TOKEN: token, GITHUB_REPOSITORY: repository, GITHUB_API_URL } = environment;
    const api = GITHUB_API_URL ?? "https://api.github.com";
    const isComplete = /^\d+$/.test(deployment) && REPOSITORY.test(repository ?? "");
    if (token !== undefined && repository !== undefined && isComplete && isSafe(api)) {
      channels.push(github({ api, repository, deployment, token }));
    } else {
      problems.push(
        `${PREFIX}GITHUB_DEPLOYMENT needs the number of a deployment, and GITHUB_REPOSITORY and GITHUB_TOKEN beside it, so GitHub is not told`,
      );
    }
  }
  // The variables of the specification ("OpenTelemetry Protocol Exporter", "General SDK Configuration").
  const { OTEL_EXPORTER_OTLP_ENDPOINT, OTEL_EXPORTER_OTLP_LOGS_ENDPOINT } = environment;
  const collector = OTEL_EXPORTER_OTLP_LOGS_ENDPOINT || OTEL_EXPORTER_OTLP_ENDPOINT;
  if (collector && environment["OTEL_SDK_DISABLED"]?.toLowerCase() !== "true") {
    channels.push(TELEMETRY);
  }
  return { channels, problems };
}

/** Key Vault's secrets in place of their references; a variable whose secret cannot be had is left out, and said. */
async function withSecrets(
  environment: Environment,
  vaults: Vaults,
  problems: string[],
): Promise<Environment> {
  const references = Object.entries(environment).filter(
    (one): one is [string, string] =>
      one[0].startsWith(PREFIX) && one[1] !== undefined && isReference(one[1]),
  );
  const values = await Promise.all(
    references.map(async ([name, reference]) => {
      try {
        return [name, await secretOf(reference, vaults)] as const;
      } catch (error) {
        problems.push(`${name} ${(error as Error).message}`);
        return [name, undefined] as const;
      }
    }),
  );
  return { ...environment, ...Object.fromEntries(values) };
}

const REPOSITORY = /^\w[\w-]*\/(?!\.{1,2}$)[\w.-]+$/;
/** 24 bytes are 32 characters of base64, 64 are 88. */
const SECRET = /^whsec_[A-Za-z0-9+/]{32,86}={0,2}$/;

function isSafe(text: string): boolean {
  if (!URL.canParse(text)) return false;
  const { protocol, hostname } = new URL(text);
  return protocol === "https:" || (protocol === "http:" && hostname === "127.0.0.1");
}
