import type { BareDeployment, BareEndpoint } from "../config/azureml/definitionYaml";
import { secretKind } from "../secrets/detect";
import type { Comment } from "./yamlText";

/** Stands in a file for the value of a variable: the loader refuses it until somebody puts the value there. */
const TO_FILL_IN = "<SECRET>";

/** Stands for the same value where the files are only evaluated. */
export const STAND_IN = "hidden";

/** A definition without what looks like a secret. */
export interface Masked<T> {
  /** As it is output into the file. */
  readonly output: T;
  /** As it is evaluated. */
  readonly evaluated: T;
  readonly comments: readonly Comment[];
  /** Names of the variables whose values are to be filled in. */
  readonly variables: readonly string[];
}

type Texts = Readonly<Record<string, string>>;

interface Described {
  readonly description?: string;
  readonly tags: Texts;
  readonly properties: Texts;
}

export function maskedEndpoint(endpoint: BareEndpoint): Masked<BareEndpoint> {
  const { kept, comments } = withoutSecretTexts(endpoint);
  return { output: kept, evaluated: kept, comments, variables: [] };
}

export function maskedDeployment(deployment: BareDeployment): Masked<BareDeployment> {
  const { kept, comments } = withoutSecretTexts(deployment);
  const found = Object.entries(kept.environmentVariables).flatMap(([name, value]) => {
    const kind = secretKind(name, value);
    return kind === undefined ? [] : [{ name, kind }];
  });
  const variables = found.map(({ name }) => name);
  const filled = (text: string) => ({
    ...kept,
    environmentVariables: {
      ...kept.environmentVariables,
      ...Object.fromEntries(variables.map((name) => [name, text])),
    },
  });
  const ofVariables = found.map(({ name, kind }) => ({
    at: ["environment_variables", name],
    text:
      `Looks like a secret (${kind}), so its value is not output here. Keep it in Key Vault and put the reference here: ` +
      "${{keyvault:https://VAULT.vault.azure.net/secrets/NAME}}",
  }));
  return {
    output: filled(TO_FILL_IN),
    evaluated: filled(STAND_IN),
    comments: [...comments, ...ofVariables],
    variables,
  };
}

/** Tags, properties and the description are for people to read: a secret there is left out. */
function withoutSecretTexts<T extends Described>(definition: T) {
  const comments: Comment[] = [];
  const leftOut = (at: readonly string[], kind: string) => {
    const text = `${at.join(".")} is left out: in Azure it looks like a secret (${kind}); remove it there.`;
    comments.push({ at: [], text });
  };
  const texts = (key: "tags" | "properties") =>
    Object.fromEntries(
      Object.entries(definition[key]).filter(([name, value]) => {
        const kind = secretKind(name, value);
        if (kind !== undefined) leftOut([key, name], kind);
        return kind === undefined;
      }),
    );
  const { description, ...others } = definition;
  const kind = description === undefined ? undefined : secretKind("", description);
  if (kind !== undefined) leftOut(["description"], kind);
  const kept = {
    ...others,
    ...(description === undefined || kind !== undefined ? {} : { description }),
    tags: texts("tags"),
    properties: texts("properties"),
  };
  return { kept: kept as unknown as T, comments };
}
