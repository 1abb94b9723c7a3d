/** How each service is told. Addresses and secrets come from the environment and are never printed. */
import { createHmac } from "node:crypto";
import { send, type Notice } from "./send";
import type { Transition } from "./transition";

export interface Channel {
  /** For people; without address and secret. */
  readonly name: string;
  /** @returns why it was not accepted, without address and secret; undefined where it was */
  tell(transition: Transition): Promise<string | undefined>;
}

/** One request for each transition. */
function posting(name: string, notice: (transition: Transition, now: number) => Notice): Channel {
  return { name, tell: (transition) => send(notice(transition, Date.now())) };
}

const JSON_TYPE = { "content-type": "application/json" };

/**
 * Signed as the Standard Webhooks specification says (standardwebhooks.com): a base64 HMAC-SHA256 of id, time in seconds and body,
 * joined by dots. Its libraries verify that.
 *
 * @param secret `whsec_` and base64
 */
export function webhook(url: string, secret: string): Channel {
  const key = Buffer.from(secret.replace(/^whsec_/, ""), "base64");
  return posting("the webhook", (transition, now) => {
    const body = JSON.stringify({ type: `rollout.${transition.event}`, data: transition });
    const seconds = String(Math.floor(now / 1000));
    // The same for each attempt to tell of this transition.
    const id = `${transition.rollout}.${transition.time}`.replaceAll(/[^\w-]/g, "_");
    const signed = createHmac("sha256", key).update(`${id}.${seconds}.${body}`).digest("base64");
    return {
      url,
      body,
      headers: {
        ...JSON_TYPE,
        "webhook-id": id,
        "webhook-timestamp": seconds,
        "webhook-signature": `v1,${signed}`,
      },
    };
  });
}

/** An incoming webhook of Slack; `&`, `<` and `>` are its control characters (docs.slack.dev, "Formatting message text"). */
export function slack(url: string): Channel {
  const escaped = (text: string) =>
    text.replaceAll("&", "&amp;").replaceAll("<", "&lt;").replaceAll(">", "&gt;");
  return posting("Slack", ({ text }) => ({
    url,
    headers: JSON_TYPE,
    body: JSON.stringify({ text: escaped(text) }),
  }));
}

/** A webhook of Teams' Workflows (Microsoft Learn, "Create incoming webhooks with Workflows for Microsoft Teams"): an Adaptive Card. */
export function teams(url: string): Channel {
  const card = (text: string) => ({
    $schema: "http://adaptivecards.io/schemas/adaptive-card.json",
    type: "AdaptiveCard",
    version: "1.4",
    // Plain runs of text: a TextBlock would read names as Markdown.
    body: [{ type: "RichTextBlock", inlines: [{ type: "TextRun", text }] }],
  });
  return posting("Teams", ({ text }) => ({
    url,
    headers: JSON_TYPE,
    body: JSON.stringify({
      type: "message",
      attachments: [
        { contentType: "application/vnd.microsoft.card.adaptive", content: card(text) },
      ],
    }),
  }));
}

/** States of a GitHub deployment (REST API, "Create a deployment status"). */
const GITHUB_STATES: Readonly<Record<Transition["event"], string>> = {
  step: "in_progress",
  promoted: "success",
  adopted: "success",
  aborted: "inactive",
  rolledBack: "failure",
  stopped: "failure",
  refused: "failure",
};
/** Characters of a description, by the same page. */
const GITHUB_DESCRIPTION = 140;

export interface GithubDeployment {
  /** `https://api.github.com`, or an enterprise server's. */
  readonly api: string;
  /** `owner/name` */
  readonly repository: string;
  readonly deployment: string;
  readonly token: string;
}

/** Statuses of a deployment that exists in GitHub. */
export function github({ api, repository, deployment, token }: GithubDeployment): Channel {
  return posting("GitHub", ({ event, text }) => ({
    url: `${api}/repos/${repository}/deployments/${deployment}/statuses`,
    headers: {
      ...JSON_TYPE,
      accept: "application/vnd.github+json",
      authorization: `Bearer ${token}`,
      "user-agent": "mlscore",
      "x-github-api-version": "2022-11-28",
    },
    body: JSON.stringify({
      state: GITHUB_STATES[event],
      description:
        text.length > GITHUB_DESCRIPTION ? `${text.slice(0, GITHUB_DESCRIPTION - 1)}…` : text,
    }),
  }));
}
