import { createHash } from "node:crypto";
import { specialSecretSig, specialSigKey } from "@pulumi/pulumi/runtime/rpc";

/** A secret's place in what people may see. */
export const MASKED = "[secret]";

/** What stands for a secret: itself (for use), a mask (for people) or a fingerprint (to notice a change). */
export type SecretView = (value: unknown) => unknown;

export const revealed: SecretView = (value) => value;
export const masked: SecretView = () => MASKED;
export const fingerprint: SecretView = (value) => ({ secretSha256: sha256(JSON.stringify(value)) });

/**
 * Inputs as they go over Pulumi's wire, made plain: a secret as the view shows it; an unknown stays
 * `pulumi.runtime.unknownValue`. Where a dynamic resource's code is loaded from is left out.
 */
export function plainInputs(
  wire: Readonly<Record<string, unknown>>,
  secrets: SecretView,
): Record<string, unknown> {
  const { __provider: _code, ...inputs } = wire;
  return plain(inputs, secrets) as Record<string, unknown>;
}

function plain(value: unknown, secrets: SecretView): unknown {
  if (Array.isArray(value)) return value.map((item: unknown) => plain(item, secrets));
  if (typeof value !== "object" || value === null) return value;
  const object = value as Record<string, unknown>;
  switch (object[specialSigKey]) {
    case undefined: {
      const entries = Object.entries(object).filter(
        ([, item]) => item !== undefined && item !== null,
      );
      return Object.fromEntries(entries.map(([key, item]) => [key, plain(item, secrets)]));
    }
    case specialSecretSig:
      return secrets(plain(object["value"], revealed));
    default:
      throw new Error("of Pulumi's special values, only secrets are used in this project");
  }
}

function sha256(data: string): string {
  return createHash("sha256").update(data).digest("hex");
}
