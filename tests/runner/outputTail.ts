import type { Readable } from "node:stream";

const MAX_CHARACTERS = 16 * 1024;
const SKIPPED = /^SKIPPED: (.*)$/gm;

/** The last of what a process printed, shown when its suite fails. */
export class OutputTail {
  private text = "";

  follow(stream: Readable | null): void {
    stream?.setEncoding("utf8").on("data", (chunk) => {
      this.text = (this.text + String(chunk)).slice(-MAX_CHARACTERS);
    });
  }

  clear(): void {
    this.text = "";
  }

  tail(): string {
    return this.text.trimEnd();
  }

  /** Suites say on standard error why they skip themselves: Jest drops what a skipped suite logs. */
  skipReasons(): string[] {
    return [...this.text.matchAll(SKIPPED)].map(([, reason = ""]) => reason);
  }
}
