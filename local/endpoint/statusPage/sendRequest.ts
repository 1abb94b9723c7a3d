/** The page's form: a request to the endpoint, with the key that the page never gets. */
import { z } from "zod";

import { DEPLOYMENT_HEADER } from "../headers";
import type { Supervisor } from "../status";

const formSchema = z.strictObject({ deployment: z.string(), body: z.string() });

export type SentRequest =
  | {
      readonly status: number;
      /** The deployment that answered, or the endpoint itself. */
      readonly from: string;
      readonly milliseconds: number;
      readonly body: string;
    }
  | { readonly message: string };

/** Characters of an answer that are shown. */
const SHOWN = 100_000;

export async function sendRequest(
  { status, keys, token }: Pick<Supervisor, "status" | "keys" | "token">,
  form: unknown,
): Promise<SentRequest> {
  const wanted = formSchema.safeParse(form);
  if (!wanted.success) return { message: "name a deployment and a body" };
  const { deployment, body } = wanted.data;
  const { authMode, scoringUri, deployments } = status();
  if (authMode === undefined) return { message: "nothing is deployed yet" };
  // A header cannot hold every text.
  if (deployment !== "" && !deployments.some(({ name }) => name === deployment)) {
    return { message: `there is no deployment ${deployment}` };
  }
  const credential = authMode === "Key" ? keys().primaryKey : (await token()).accessToken;
  const began = performance.now();
  const response = await fetch(scoringUri, {
    method: "POST",
    body,
    headers: {
      authorization: `Bearer ${credential}`,
      "content-type": "application/json",
      ...(deployment === "" ? {} : { [DEPLOYMENT_HEADER]: deployment }),
    },
  });
  const text = await response.text();
  return {
    status: response.status,
    from: response.headers.get(DEPLOYMENT_HEADER) ?? "the endpoint",
    milliseconds: Math.round(performance.now() - began),
    body: text.length > SHOWN ? `${text.slice(0, SHOWN)} …` : text,
  };
}
