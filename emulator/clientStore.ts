import { createHash } from "node:crypto";
import { textAt, valueAt, type Inputs } from "../graph/paths";
import { generatedGuid } from "./azure/outputs";
import { Refusal } from "./azure/refusal";
import { changedAt, changedProperties } from "../graph/changes";
import type { CreatedResource } from "../graph/graph";
import type { ResourceStore } from "./resourceStore";

/** What is made where the program runs and not in a cloud. */
interface ClientType {
  readonly id: (inputs: Inputs) => string;
  readonly outputs: (inputs: Inputs) => Record<string, unknown>;
  readonly immutable: readonly string[];
  /** Dotted paths that only say where something lies on the machine that runs the program. */
  readonly untracked: readonly string[];
}

const types: Readonly<Record<string, ClientType>> = {
  "docker:index/image:Image": {
    id: (inputs) => imageDigest(inputs),
    outputs: (inputs) => ({
      baseImageName: textAt(inputs, "imageName"),
      repoDigest: `${withoutTag(textAt(inputs, "imageName"))}@${imageDigest(inputs)}`,
    }),
    immutable: [],
    untracked: ["build.context", "build.dockerfile"],
  },
  // The only change that makes another provider (ProviderArgs.clusterIdentifier of @pulumi/kubernetes).
  "pulumi:providers:kubernetes": {
    id: (inputs) => generatedGuid(textAt(inputs, "clusterIdentifier"), "provider"),
    outputs: () => ({}),
    immutable: ["clusterIdentifier"],
    untracked: [],
  },
  "pulumi:providers:docker": {
    id: (inputs) => generatedGuid(textAt(inputs, "host"), "provider"),
    outputs: () => ({}),
    immutable: [],
    untracked: [],
  },
};

/** Providers that the program configures, and images that it builds. Nothing is built: a digest is made up. */
export class ClientStore implements ResourceStore {
  private readonly byKey = new Map<string, CreatedResource>();

  constructor(existing: readonly CreatedResource[] = []) {
    for (const resource of existing) this.byKey.set(`${resource.token}::${resource.id}`, resource);
  }

  create(token: string, inputs: Inputs): CreatedResource {
    const resource = this.preview(token, inputs, clientType(token).id(inputs));
    this.byKey.set(`${token}::${resource.id}`, resource);
    return resource;
  }

  update(token: string, id: string, inputs: Inputs): CreatedResource {
    if (this.read(token, id) === undefined) {
      throw new Refusal("NotFound", `${token} ${id} does not exist`, "emulator-limit");
    }
    const resource = this.preview(token, inputs, id);
    this.byKey.set(`${token}::${id}`, resource);
    return resource;
  }

  read(token: string, id: string): CreatedResource | undefined {
    return this.byKey.get(`${token}::${id}`);
  }

  delete(token: string, id: string): void {
    this.byKey.delete(`${token}::${id}`);
  }

  list(): CreatedResource[] {
    return [...this.byKey.values()];
  }

  preview(token: string, inputs: Inputs, id?: string): CreatedResource {
    // A state may hold a type that this version of the program no longer declares.
    const outputs = { ...inputs, ...types[token]?.outputs(inputs) };
    return { token, id: id ?? clientType(token).id(inputs), inputs, outputs };
  }

  changedInputs(token: string, olds: Inputs, news: Inputs): string[] {
    const { untracked } = clientType(token);
    return changedProperties(olds, news).filter((path) => !untracked.includes(path));
  }

  changedImmutables(token: string, olds: Inputs, news: Inputs): string[] {
    return changedAt(clientType(token).immutable, olds, news);
  }

  computed(token: string, inputs: Inputs): string[] {
    return Object.keys(clientType(token).outputs(inputs));
  }
}

export function isOfClient(token: string): boolean {
  return token.startsWith("docker:") || token.startsWith("pulumi:providers:");
}

function clientType(token: string): ClientType {
  const type = types[token];
  if (type === undefined) {
    throw new Error(`the emulator does not know ${token}; add it to emulator/clientStore.ts`);
  }
  return type;
}

/** The same for the same name, tag and arguments; what a build's files hold is in the tag. */
function imageDigest(inputs: Inputs): string {
  const content = JSON.stringify([
    textAt(inputs, "imageName"),
    valueAt(inputs, "build.args"),
    valueAt(inputs, "build.platform"),
  ]);
  return `sha256:${createHash("sha256").update(content).digest("hex")}`;
}

function withoutTag(imageName: string): string {
  return imageName.replace(/:[\w.-]+$/, "");
}
