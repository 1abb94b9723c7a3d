import type { RequestContext } from "../requestContext";
import type { Entra } from "./entra";

/** Answers requests for what Entra publishes, which anybody may read. False for all others, which are not answered. */
export async function publishes(
  entra: Entra,
  { req, res, path }: RequestContext,
  origin: string,
): Promise<boolean> {
  if (req.method !== "GET") return false;
  const document = await entra.document(path, origin);
  if (document === undefined) return false;
  const body = JSON.stringify(document);
  res.writeHead(200, {
    "content-type": "application/json",
    "content-length": Buffer.byteLength(body),
  });
  res.end(body);
  return true;
}
