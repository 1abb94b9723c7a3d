/** What is told of captured requests. */
import type { CapturedLine } from "./capturedLine";
import type { CaptureSettings } from "./settings";

export interface CaptureStatus {
  readonly isOn: boolean;
  /** Of the file. */
  readonly path: string;
  readonly settings: CaptureSettings;
  readonly captured: number;
  readonly bytes: number;
  /** Requests that were not kept: with too long a body or answer, not text (or not JSON, with keys to leave out), or a key of the endpoint. */
  readonly notKept: number;
  /** A limit is reached: no further request is kept. */
  readonly isFull: boolean;
  /** The last ones, the newest first. */
  readonly last: readonly CapturedSummary[];
}

/** A request without its body. */
export type CapturedSummary = Pick<CapturedLine, "time" | "path" | "deployment" | "status"> & {
  readonly number: number;
};
