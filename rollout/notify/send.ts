/** A request that tells of something. */
export interface Notice {
  readonly url: string;
  readonly headers: Readonly<Record<string, string>>;
  readonly body: string;
}

/** Milliseconds that a service gets. The endpoint was written before, so traffic does not wait for it. */
export const TIMEOUT_MS = 5_000;

/** Why it was not accepted; never with the address, which may be a secret. */
export async function send({ url, headers, body }: Notice): Promise<string | undefined> {
  try {
    const signal = AbortSignal.timeout(TIMEOUT_MS);
    const response = await fetch(url, { method: "POST", headers, body, redirect: "error", signal });
    await response.body?.cancel();
    return response.ok ? undefined : `HTTP ${response.status}`;
  } catch (error) {
    return connectionProblem(error);
  }
}

/** What `fetch` failed with, without the address. */
export function connectionProblem(error: unknown): string {
  const { name, cause } = error as Error;
  const { code } = (cause ?? {}) as NodeJS.ErrnoException;
  if (name === "TimeoutError") return `no answer within ${TIMEOUT_MS / 1000} s`;
  return code ?? "no connection";
}
