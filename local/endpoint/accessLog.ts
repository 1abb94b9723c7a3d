/** One JSON line a request: enough to find it again, never its body, its key or its query string. */
import { createRotatingLog, type LogLimits, type RotatingLog } from "./rotatingLog";

export interface AccessEntry {
  /** When the request arrived. */
  readonly time: Date;
  readonly requestId: string;
  readonly clientRequestId?: string;
  readonly method: string;
  /** Without the query string, which may hold data. */
  readonly path: string;
  readonly status: number;
  /** What the model's server answered, where it did. */
  readonly modelStatus?: number;
  readonly deployment?: string;
  /** The deployment that got a copy. */
  readonly mirrored?: string;
  /** Arrival to last byte. */
  readonly durationMs: number;
  readonly bytesIn: number;
  readonly bytesOut: number;
  /** Why the endpoint itself refused or broke off. */
  readonly error?: string;
}

export interface AccessLog {
  write(entry: AccessEntry): void;
  flush(): Promise<void>;
  close(): Promise<void>;
}

/** Long paths are attacks or mistakes; a line stays readable. */
const MAX_PATH_LENGTH = 200;

export function createAccessLog(path: string, limits: LogLimits = {}): AccessLog {
  const log: RotatingLog = createRotatingLog(path, limits);
  return {
    write(entry) {
      const line = {
        ...entry,
        time: entry.time.toISOString(),
        path: entry.path.slice(0, MAX_PATH_LENGTH),
        durationMs: Math.round(entry.durationMs * 100) / 100,
      };
      log.write(`${JSON.stringify(line)}\n`);
    },
    flush: () => log.flush(),
    close: () => log.close(),
  };
}
