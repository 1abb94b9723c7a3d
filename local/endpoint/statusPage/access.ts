/**
 * Who may see the status page: the browser that opened its one-time link, by a cookie. The link's code is kept in memory and
 * ends with its first use; the cookie's secret outlives a restart, in a file of the machine's user alone.
 */
import { randomBytes } from "node:crypto";
import { z } from "zod";

import { sameSecret } from "../../../httpServer";
import { readPrivateJson, writePrivateJson } from "../privateJson";

export interface StatusAccess {
  /** A new code for a link; the one before it ends. */
  newCode(): string;
  /** The cookie's value where the code is right, which ends it. */
  enter(code: string): string | undefined;
  isAllowed(cookie: string | undefined): boolean;
}

const schema = z.strictObject({ cookie: z.string().min(32) });

/** @param path of the file that keeps the cookie's secret */
export function createStatusAccess(path: string): StatusAccess {
  const refusal = "does not hold the secret of the status page; delete it to get a new one";
  let cookie = readPrivateJson(path, schema, refusal)?.cookie;
  if (cookie === undefined) {
    cookie = randomBytes(32).toString("base64url");
    writePrivateJson(path, { cookie });
  }
  const secret = cookie;
  let code: string | undefined;
  return {
    newCode: () => (code = randomBytes(32).toString("base64url")),
    enter(given) {
      if (code === undefined || !sameSecret(given, code)) return undefined;
      code = undefined;
      return secret;
    },
    isAllowed: (given) => given !== undefined && sameSecret(given, secret),
  };
}
