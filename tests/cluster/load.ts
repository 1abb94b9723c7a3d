import { Agent, request } from "node:http";

export interface LoadOptions {
  readonly url: string;
  readonly body: string;
  readonly headers?: Readonly<Record<string, string>>;
  /** Requests begun each second, evenly spread, whether or not earlier ones have ended. */
  readonly perSecond: number;
  /** Reuse connections, as proxies do; otherwise each request opens one of its own. */
  readonly keepAlive?: boolean;
}

/** What became of all requests. */
export interface LoadResult {
  readonly sent: number;
  /** Answers by status, and failures by their code, such as ECONNRESET. */
  readonly counts: Readonly<Record<string, number>>;
  readonly slowestMs: number;
}

const TIMEOUT_MS = 15_000;

/** Sends requests at a fixed rate until it is stopped. */
export class Load {
  private readonly counts: Record<string, number> = {};
  private readonly pending = new Set<Promise<void>>();
  private readonly agent: Agent;
  private readonly timer: NodeJS.Timeout;
  private readonly began = performance.now();
  private sent = 0;
  private slowestMs = 0;

  constructor(private readonly options: LoadOptions) {
    this.agent = new Agent({ keepAlive: options.keepAlive ?? false });
    this.timer = setInterval(() => {
      this.sendDue();
    }, 5);
  }

  /** Waits for what is under way. */
  async stop(): Promise<LoadResult> {
    clearInterval(this.timer);
    await Promise.all(this.pending);
    this.agent.destroy();
    return { sent: this.sent, counts: this.counts, slowestMs: Math.round(this.slowestMs) };
  }

  /** A late timer makes up for what it missed, so the rate holds. */
  private sendDue(): void {
    const due = ((performance.now() - this.began) / 1000) * this.options.perSecond;
    while (this.sent < due) {
      this.sent += 1;
      const one = this.send().finally(() => this.pending.delete(one));
      this.pending.add(one);
    }
  }

  private async send(): Promise<void> {
    const began = performance.now();
    const outcome = await post(this.options, this.agent).catch((error: unknown) => {
      const { code, message } = error as NodeJS.ErrnoException;
      return code ?? message;
    });
    this.slowestMs = Math.max(this.slowestMs, performance.now() - began);
    this.counts[outcome] = (this.counts[outcome] ?? 0) + 1;
  }
}

/** Status of one answer, once all of it is there. */
export function post(
  { url, body, headers }: Pick<LoadOptions, "url" | "body" | "headers">,
  agent?: Agent,
): Promise<string> {
  return new Promise((resolve, reject) => {
    const sent = request(
      url,
      {
        method: "POST",
        timeout: TIMEOUT_MS,
        headers: {
          "Content-Type": "application/json",
          "Content-Length": Buffer.byteLength(body),
          ...headers,
        },
        ...(agent === undefined ? {} : { agent }),
      },
      (response) => {
        response.on("error", reject).on("end", () => {
          if (response.complete) resolve(String(response.statusCode));
          else reject(new Error("cut off"));
        });
        response.resume();
      },
    );
    sent.on("timeout", () => sent.destroy(new Error("timeout"))).on("error", reject);
    sent.end(body);
  });
}
