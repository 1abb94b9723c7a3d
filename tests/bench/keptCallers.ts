/** Callers who keep their connections and send the next request when they have the answer to the last. */
import { connect, type NetConnectOpts } from "node:net";
import { performance } from "node:perf_hooks";

export interface Latencies {
  /** Milliseconds; half of the requests were faster. */
  readonly p50: number;
  readonly requestsPerSecond: number;
}

/** @throws Error when an answer is not 200 */
export async function measure(
  to: NetConnectOpts,
  request: Buffer,
  callers: number,
  requests: number,
): Promise<Latencies> {
  const times: number[] = [];
  const startedAt = performance.now();
  let left = requests;
  const next = () => left-- > 0;
  await Promise.all(Array.from({ length: callers }, () => caller(to, request, next, times)));
  const seconds = (performance.now() - startedAt) / 1000;
  times.sort((a, b) => a - b);
  return { p50: times[times.length >> 1] ?? NaN, requestsPerSecond: requests / seconds };
}

function caller(
  to: NetConnectOpts,
  request: Buffer,
  next: () => boolean,
  times: number[],
): Promise<void> {
  return new Promise((resolve, reject) => {
    const socket = connect(to);
    let sentAt = 0;
    let text = "";
    const send = () => {
      if (!next()) {
        socket.end();
        resolve();
        return;
      }
      text = "";
      sentAt = performance.now();
      socket.write(request);
    };
    socket.setNoDelay(true).setEncoding("latin1").on("connect", send).on("error", reject);
    socket.on("close", () => {
      reject(new Error(`the connection was closed after: ${text}`));
    });
    socket.on("data", (more: string) => {
      text += more;
      const end = text.indexOf("\r\n\r\n");
      const length = Number(/^content-length: (\d+)$/im.exec(text)?.[1]);
      if (end === -1 || text.length < end + 4 + length) return;
      times.push(performance.now() - sentAt);
      if (text.startsWith("HTTP/1.1 200 ")) send();
      else reject(new Error(text));
    });
  });
}
