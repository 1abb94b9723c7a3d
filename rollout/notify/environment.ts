import { github, slack, teams, webhook, type Channel } from "./channels";

type Environment = Readonly<Record<string, string | undefined>>;

export interface Channels {
  readonly channels: readonly Channel[];
  /** What is wrong with the variables; none has a value in it. */
  readonly problems: readonly string[];
}

const PREFIX = "MLSCORE_NOTIFY_";

/** Who is to be told, by the environment's variables. What is wrong there is a warning: `abort` must not depend on it. */
export function channelsIn(environment: Environment): Channels {
  const channels: Channel[] = [];
  const problems: string[] = [];
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
  return { channels, problems };
}

const REPOSITORY = /^\w[\w-]*\/(?!\.{1,2}$)[\w.-]+$/;
/** 24 bytes are 32 characters of base64, 64 are 88. */
const SECRET = /^whsec_[A-Za-z0-9+/]{32,86}={0,2}$/;

function isSafe(text: string): boolean {
  if (!URL.canParse(text)) return false;
  const { protocol, hostname } = new URL(text);
  return protocol === "https:" || (protocol === "http:" && hostname === "127.0.0.1");
}
