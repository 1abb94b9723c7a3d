import * as pulumi from "@pulumi/pulumi";
import type { AzureReads } from "../components/azureReads";
import { READ_STACK_OUTPUTS } from "../components/stackOutputs";
import { resourceKey } from "./changes";
import type { StackSettings } from "./settings";

const PROJECT = "mlscore";
/** As the engine calls it where the state is in a storage account. */
const ORGANIZATION = "organization";

/** One resource as the program declares it, with the options that decide its life. */
export interface DeclaredResource {
  readonly urn: string;
  readonly type: string;
  readonly name: string;
  readonly custom: boolean;
  readonly parent: string | undefined;
  readonly dependencies: readonly string[];
  /** Those of its dependencies that no input is made of: by the option `dependsOn` alone. */
  readonly orderedAfter?: readonly string[];
  readonly protect: boolean;
  readonly ignoreChanges: readonly string[];
  readonly secretOutputs: readonly string[];
  /** As they go over Pulumi's wire: see `plainInputs` in values.ts. */
  readonly inputs: Readonly<Record<string, unknown>>;
}

/** A resource about to be registered. */
export type Registration = Omit<DeclaredResource, "urn">;

export interface EvaluateOptions {
  readonly stack: string;
  /** As in `pulumi preview`: what `register` leaves out is unknown and its `apply`s do not run. */
  readonly preview: boolean;
  readonly settings: StackSettings;
  /** Answers for a resource; an undefined id is unknown. */
  readonly register: (resource: Registration) => {
    readonly id: string | undefined;
    readonly state: Record<string, unknown>;
  };
  /** Answers for a function call such as getClientConfig; what it does not know must throw. */
  readonly call: (token: string, inputs: Record<string, unknown>) => Record<string, unknown>;
  /** Answers to what the program asks Azure by itself. */
  readonly azureReads: AzureReads;
  /** Whether the stack is to run on this machine alone. @default false */
  readonly isLocalRun?: boolean;
  /** Outputs of another stack (or of an earlier run of this one) by its full name; undefined when not to be had. */
  readonly stackOutputs: (stack: string) => Readonly<Record<string, unknown>> | undefined;
}

export interface Evaluation {
  /** In the order of registration: whatever a resource waits for stands before it. */
  readonly resources: readonly DeclaredResource[];
  readonly outputs: Readonly<Record<string, unknown>>;
  /** Functions that the program called, such as `azure-native:authorization:getClientConfig`, each once. */
  readonly calls: readonly string[];
}

/**
 * Runs the same index.ts that the Pulumi engine runs, through Pulumi's official mocks: no CLI, no cloud, no
 * credentials. Once in a process, because Pulumi's runtime is one per process.
 *
 * Pulumi's mocks pass on neither options nor dependencies, so the requests to the mock monitor are read as well.
 */
export async function evaluate(options: EvaluateOptions): Promise<Evaluation> {
  const resources: DeclaredResource[] = [];
  const registrations = new Map<string, Registration>();
  const failures: unknown[] = [];
  const calls = new Set<string>();
  const onFailure = (reason: unknown) => failures.push(reason);

  pulumi.runtime.setAllConfig({ ...options.settings });
  await pulumi.runtime.setMocks(
    {
      newResource: (resource) => {
        const registration = registrations.get(resourceKey(resource));
        if (registration === undefined) throw new Error(`${resourceKey(resource)} was not seen`);
        return options.register(registration);
      },
      call: ({ token, inputs }) => {
        const values = inputs as Record<string, unknown>;
        // A look into a state, which asks Azure nothing.
        if (token === READ_STACK_OUTPUTS) return outputsOf(values, options);
        calls.add(token);
        return options.call(token, values);
      },
    },
    PROJECT,
    options.stack,
    options.preview,
    ORGANIZATION,
  );
  recordRegistrations(registrations, resources);

  // A failed registration surfaces as a rejection of some output that nobody may be waiting for.
  process.on("unhandledRejection", onFailure);
  const program = await loadProgram();
  const outputs = await resolved(await program(options.azureReads, undefined, options.isLocalRun));
  await pulumi.runtime.disconnect();
  process.off("unhandledRejection", onFailure);
  if (failures.length > 0) throw failures[0];
  return { resources, outputs, calls: [...calls] };
}

/** Loaded when it is first needed, which takes longer than evaluating it. */
export async function loadProgram() {
  return (await import("../index")).default;
}

function outputsOf({ name }: Record<string, unknown>, { stackOutputs }: EvaluateOptions) {
  const outputs = stackOutputs(String(name));
  return outputs === undefined ? { name } : { name, outputs };
}

interface RegisterRequest {
  getType(): string;
  getName(): string;
  getCustom(): boolean;
  getParent(): string;
  getDependenciesList(): string[];
  getPropertydependenciesMap(): {
    forEach(visit: (one: { getUrnsList(): string[] }) => void): void;
  };
  getProtect(): boolean;
  getIgnorechangesList(): string[];
  getAdditionalsecretoutputsList(): string[];
  getObject(): { toJavaScript(): Record<string, unknown> };
}

interface RegisterResponse {
  getUrn(): string;
}

type Register = (
  request: RegisterRequest,
  callback: (error: unknown, response: RegisterResponse | undefined) => void,
) => Promise<void>;

function recordRegistrations(
  registrations: Map<string, Registration>,
  resources: DeclaredResource[],
): void {
  const monitor = pulumi.runtime.getMonitor() as unknown as { registerResource: Register };
  const register = monitor.registerResource.bind(monitor);
  monitor.registerResource = (request, callback) => {
    const registration = registrationOf(request);
    registrations.set(resourceKey(registration), registration);
    return register(request, (error, response) => {
      if (response !== undefined) resources.push({ ...registration, urn: response.getUrn() });
      callback(error, response);
    });
  };
}

function registrationOf(request: RegisterRequest): Registration {
  const dependencies = request.getDependenciesList();
  const ofInputs = new Set<string>();
  request.getPropertydependenciesMap().forEach((one) => {
    for (const urn of one.getUrnsList()) ofInputs.add(urn);
  });
  return {
    type: request.getType(),
    name: request.getName(),
    custom: request.getCustom(),
    parent: request.getParent() || undefined,
    dependencies,
    orderedAfter: dependencies.filter((urn) => !ofInputs.has(urn)),
    protect: request.getProtect(),
    ignoreChanges: request.getIgnorechangesList(),
    secretOutputs: request.getAdditionalsecretoutputsList(),
    inputs: request.getObject().toJavaScript(),
  };
}

/** Stack outputs as plain values; unknown ones are left out. */
async function resolved(outputs: Record<string, unknown>): Promise<Record<string, unknown>> {
  const entries = await Promise.all(
    Object.entries(outputs).map(async ([key, value]) => {
      const output = pulumi.output(value) as pulumi.Output<unknown> & {
        promise(): Promise<unknown>;
        isKnown: Promise<boolean>;
      };
      const known = await output.isKnown;
      return known ? [[key, await output.promise()] as const] : [];
    }),
  );
  return Object.fromEntries(entries.flat());
}
