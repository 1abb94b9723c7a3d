import { createHash } from "node:crypto";
import { specialSecretSig, specialSigKey } from "@pulumi/pulumi/runtime/rpc";
import { HIDDEN, maskText } from "../secrets/mask";
import { withoutSecrets } from "../secrets/tree";

/** Stands for a value that the program itself marked as a secret. */
export const MASKED = "[secret]";

/** What stands for a secret. */
export interface SecretView {
  /** In place of a value that the program marked. */
  readonly marked: (value: unknown) => unknown;
  /** In place of a text that looks like a secret, although nobody marked it. */
  readonly suspected: (value: string) => unknown;
}

/** Secrets themselves, for use. */
export const revealed: SecretView = { marked: (value) => value, suspected: (value) => value };

/** For people; of a text with several lines, what is no secret stays readable. */
export const masked: SecretView = {
  marked: () => MASKED,
  suspected: (value) => (value.trim().includes("\n") ? maskText(value) : HIDDEN),
};

/** To notice a change. */
export const fingerprint: SecretView = { marked: fingerprintOf, suspected: fingerprintOf };

/**
 * Inputs as they go over Pulumi's wire, made plain: a secret as the view shows it; an unknown stays
 * `pulumi.runtime.unknownValue`. Where a dynamic resource's code is loaded from is left out.
 */
export function plainInputs(
  wire: Readonly<Record<string, unknown>>,
  view: SecretView,
): Record<string, unknown> {
  const { __provider: _code, ...inputs } = wire;
  const plain = plainValue(inputs, view);
  return (view === revealed ? plain : withoutSecrets(plain, view.suspected)) as Record<
    string,
    unknown
  >;
}

function plainValue(value: unknown, view: SecretView): unknown {
  if (Array.isArray(value)) return value.map((item: unknown) => plainValue(item, view));
  if (typeof value !== "object" || value === null) return value;
  const object = value as Record<string, unknown>;
  switch (object[specialSigKey]) {
    case undefined: {
      const entries = Object.entries(object).filter(
        ([, item]) => item !== undefined && item !== null,
      );
      return Object.fromEntries(entries.map(([key, item]) => [key, plainValue(item, view)]));
    }
    case specialSecretSig:
      return view.marked(plainValue(object["value"], revealed));
    default:
      throw new Error("of Pulumi's special values, only secrets are used in this project");
  }
}

function fingerprintOf(value: unknown): unknown {
  return { secretSha256: createHash("sha256").update(JSON.stringify(value)).digest("hex") };
}
