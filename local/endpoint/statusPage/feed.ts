/** Looks at the endpoint once a second while somebody has the page open, and tells everybody who has. */
import { setTimeout as sleep } from "node:timers/promises";

import { dense, type Html } from "../../../page/html";
import type { EndpointStatus } from "../status";
import { capturedHtml, deploymentsHtml, headHtml, liveCharts, SHOWN_MS } from "./parts";
import type { RolloutPart } from "./rolloutPart";
import { sampleBetween, type Look, type Sample } from "./samples";

export interface Update {
  readonly status: EndpointStatus;
  /** Markup by the part's name. */
  readonly parts: Readonly<Record<string, string>>;
}

export interface FeedOptions {
  readonly status: () => EndpointStatus;
  readonly rollout: RolloutPart;
  /** Milliseconds since 1970. */
  readonly now: () => number;
  readonly onBug: (error: unknown) => void;
}

const EVERY_MS = 1000;

export interface Feed {
  /** @returns a function that ends it */
  subscribe(onUpdate: (update: Update) => void): () => void;
}

export function createFeed({ status, rollout, now, onBug }: FeedOptions): Feed {
  const subscribers = new Set<(update: Update) => void>();
  let isRunning = false;
  let before: Look | undefined;
  let samples: Sample[] = [];

  async function look(): Promise<void> {
    const after = { at: now(), status: status() };
    if (before !== undefined && after.at > before.at) {
      samples.push(sampleBetween(before, after));
      samples = samples.filter(({ at }) => at > after.at - SHOWN_MS);
    }
    before = after;
    const update = { status: after.status, parts: await partsOf(after) };
    for (const tell of subscribers) tell(update);
  }

  async function partsOf({ at, status: seen }: Look): Promise<Record<string, string>> {
    const names = seen.deployments.map(({ name }) => name);
    const drawn: Record<string, Html> = {
      head: headHtml(seen),
      deployments: deploymentsHtml(seen),
      charts: liveCharts(samples, names),
      captured: capturedHtml(seen),
      rollout: await rollout(seen, at),
    };
    const texts = Object.entries(drawn).map(
      async ([name, html]) => [name, await dense(html)] as const,
    );
    return Object.fromEntries(await Promise.all(texts));
  }

  async function run(): Promise<void> {
    isRunning = true;
    while (subscribers.size > 0) {
      await look().catch(onBug);
      await sleep(EVERY_MS, undefined, { ref: false });
    }
    isRunning = false;
    [before, samples] = [undefined, []];
  }

  return {
    subscribe(onUpdate) {
      subscribers.add(onUpdate);
      if (!isRunning) void run();
      return () => {
        subscribers.delete(onUpdate);
      };
    },
  };
}
