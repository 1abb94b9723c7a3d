import { z } from "zod";
import type { Report } from "./azureml/issues";
import { text } from "./azureml/yamlValues";
import { matching } from "./fields";
import type { YamlLines } from "./yamlLines";

/** Who is called when an alert fires: what an action group of Azure Monitor can do without another resource. */
export interface Notify {
  /** Who is responsible for the alerts, for people: a team or a rota. */
  readonly owner: string;
  readonly email: readonly string[];
  /** Accounts of the Azure mobile app. */
  readonly azureApp: readonly string[];
  readonly webhooks: readonly { readonly name: string; readonly url: string }[];
  /** Address that the runbooks' paths are appended to. */
  readonly runbooks?: string;
}

/** Azure Monitor, service limits, action groups. */
const MOST = { email: 1000, azureApp: 10, webhooks: 10 } as const;

/** Stands for an address that only the engine can decrypt. */
export const ENCRYPTED_URL = "https://encrypted.invalid/";

const address = matching(
  /^(?=.{3,64}$)[^\s@<>]+@[^\s@<>]+\.[^\s@<>.]+$/,
  "an e-mail address of at most 64 characters",
);

const addresses = (most: number) =>
  z
    .array(address)
    .refine((all) => new Set(all.map((one) => one.toLowerCase())).size === all.length, {
      message: "names an address twice",
    })
    .refine((all) => all.length <= most, {
      message: `has more than ${most} addresses, which is what an action group of Azure takes`,
    })
    .default([]);

const webhook = z.strictObject({
  name: matching(/^[A-Za-z][\w-]{0,39}$/, "1–40 letters, digits, - or _, a letter first"),
  url: z.union([
    // As the file has it, where nothing can decrypt it: an evaluation without the engine.
    z.strictObject({ secure: text("an encrypted address") }).transform(() => ENCRYPTED_URL),
    matching(/^https:\/\/\S{4,}$/, "an https address"),
  ]),
});

/** `mlscore:notify` of both stacks. */
export const notify = z
  .strictObject({
    owner: matching(/^[^\p{Cc}\p{Cf}\p{Zl}\p{Zp}]{1,100}$/u, "one line of 1 to 100 characters"),
    email: addresses(MOST.email),
    azureApp: addresses(MOST.azureApp),
    webhooks: z
      .array(webhook)
      .refine((all) => new Set(all.map(({ name }) => name.toLowerCase())).size === all.length, {
        message: "has a name twice",
      })
      .refine((all) => all.length <= MOST.webhooks, {
        message: `has more than ${MOST.webhooks} webhooks, which is what an action group of Azure takes`,
      })
      .default([]),
    runbooks: matching(
      /^https:\/\/\S+[^/\s]$/,
      "an https address without a slash at its end",
    ).exactOptional(),
  })
  .refine(({ email, azureApp, webhooks }) => email.length + azureApp.length + webhooks.length > 0, {
    message: "calls nobody; name somebody in email, azureApp or webhooks",
  });

/** Everybody who has the address of a webhook can write to it, so it is encrypted wherever the settings are a file. */
export function checkWebhooks(
  settings: { readonly notify?: Notify | undefined },
  lines: YamlLines,
  report: Report,
): void {
  for (const [index, { name }] of (settings.notify?.webhooks ?? []).entries()) {
    const inFile = ["notify", "mlscore:notify"].some(
      (key) => lines.textAt(["config", key, "webhooks", index, "url"]) !== undefined,
    );
    if (!inFile) continue;
    report.error(
      ["notify", "webhooks", index, "url"],
      `of ${name} is not encrypted; write it with: pulumi config set --secret --path 'mlscore:notify.webhooks[${index}].url' ADDRESS`,
    );
  }
}
