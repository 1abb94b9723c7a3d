import { beforeEach, describe, expect, it } from "@jest/globals";
import { KubernetesWorld } from "../../../emulator/kubernetes/kubernetesStore";
import { EmulatorStore } from "../../../emulator/emulatorStore";

/** The API server's rules that the emulator knows. What it accepts an API server may still refuse. */

const NAMESPACE = "kubernetes:core/v1:Namespace";
const SERVICE = "kubernetes:core/v1:Service";
const DEPLOYMENT = "kubernetes:apps/v1:Deployment";

const named = (name: string, namespace?: string, more: object = {}) => ({
  metadata: { name, ...(namespace === undefined ? {} : { namespace }), ...more },
});
const workload = (label: string, selected = label) => ({
  ...named("scoring", "flood"),
  spec: {
    selector: { matchLabels: { app: selected } },
    template: { metadata: { labels: { app: label } } },
  },
});

describe("the emulator's cluster", () => {
  let world: KubernetesWorld;
  beforeEach(() => {
    world = new KubernetesWorld();
    world.create(NAMESPACE, named("flood"));
  });

  it("gives ids as the real provider does", () => {
    expect(world.read(NAMESPACE, "flood")?.id).toBe("flood");
    expect(world.create(SERVICE, named("scoring", "flood")).id).toBe("flood/scoring");
  });

  it("tells objects of two kinds with one name apart", () => {
    world.create(SERVICE, named("scoring", "flood"));
    world.create(DEPLOYMENT, workload("a"));
    world.delete(SERVICE, "flood/scoring");
    expect(world.read(SERVICE, "flood/scoring")).toBeUndefined();
    expect(world.read(DEPLOYMENT, "flood/scoring")?.inputs).toEqual(workload("a"));
  });

  it("puts what names no namespace into the default one", () => {
    expect(world.create(SERVICE, named("scoring")).id).toBe("default/scoring");
  });

  it.each([
    ["a namespace that is not there", SERVICE, named("scoring", "nowhere"), 'namespace "nowhere"'],
    ["a namespace of the cluster's own", NAMESPACE, named("kube-system"), "exists already"],
    ["a second namespace", NAMESPACE, named("flood"), "exists already"],
    ["upper-case letters", NAMESPACE, named("Flood"), "RFC 1123 label"],
    ["a namespace with a dot", NAMESPACE, named("a.b"), "RFC 1123 label"],
    ["64 characters", NAMESPACE, named("a".repeat(64)), "RFC 1123 label"],
    ["a service that begins with a digit", SERVICE, named("1a", "flood"), "RFC 1035 label"],
    ["no name", SERVICE, { metadata: { namespace: "flood" } }, "RFC 1035 label"],
    [
      "a label that is too long",
      SERVICE,
      named("scoring", "flood", { labels: { release: "a".repeat(64) } }),
      "label release",
    ],
    [
      "a label's key with a space",
      SERVICE,
      named("scoring", "flood", { labels: { "a b": "" } }),
      '"a b"',
    ],
    [
      "an annotation's key with two prefixes",
      SERVICE,
      named("scoring", "flood", { annotations: { "a/b/c": "" } }),
      '"a/b/c"',
    ],
    ["pods that it does not select", DEPLOYMENT, workload("a", "b"), "does not match"],
  ])("refuses %s", (_what, token, inputs, message) => {
    expect(() => world.create(token, inputs)).toThrow(message);
  });

  it("refuses a second object of the same kind and name", () => {
    world.create(SERVICE, named("scoring", "flood"));
    expect(() => world.create(SERVICE, named("scoring", "flood"))).toThrow("exists already");
  });

  it("cannot change what a Deployment selects", () => {
    world.create(DEPLOYMENT, workload("a"));
    expect(() => world.update(DEPLOYMENT, "flood/scoring", workload("b"))).toThrow(
      "spec.selector of Deployment flood/scoring cannot change",
    );
    expect(world.changedImmutables(DEPLOYMENT, workload("a"), workload("b"))).toEqual([
      "spec.selector",
    ]);
  });

  it("cannot update what is not there", () => {
    expect(() => world.update(SERVICE, "flood/scoring", named("scoring", "flood"))).toThrow(
      "does not exist",
    );
  });

  it("loses with a namespace all that is in it, and nothing else", () => {
    world.create(NAMESPACE, named("other"));
    world.create(SERVICE, named("scoring", "flood"));
    world.create(SERVICE, named("scoring", "other"));
    world.delete(NAMESPACE, "flood");
    expect(world.list().map(({ id }) => id)).toEqual(["other", "other/scoring"]);
  });

  it("knows only the kinds that the program declares", () => {
    expect(() => world.create("kubernetes:batch/v1:Job", named("one", "flood"))).toThrow(
      "does not know kubernetes:batch/v1:Job",
    );
  });
});

describe("a state with types that the program no longer declares", () => {
  it.each(["kubernetes:batch/v1:Job", "docker:index/container:Container"])(
    "%s can be removed",
    (token) => {
      const settings = { subscriptionId: "s", tenantId: "t", resourceGroups: [] };
      const former = new EmulatorStore(settings).imagine(token, named("one", "flood"), "flood/one");
      const world = new EmulatorStore(settings, [former]);
      expect(world.read(token, "flood/one")?.inputs).toEqual(named("one", "flood"));
      world.delete(token, "flood/one");
      expect(world.list()).toEqual([]);
    },
  );
});

describe("providers and images", () => {
  const PROVIDER = "pulumi:providers:kubernetes";
  const IMAGE = "docker:index/image:Image";
  const world = () =>
    new EmulatorStore({ subscriptionId: "s", tenantId: "t", resourceGroups: ["rg"] });

  it("makes another provider only for another cluster", () => {
    const before = { kubeconfig: "a", clusterIdentifier: "/one" };
    expect(world().changedImmutables(PROVIDER, before, { ...before, kubeconfig: "b" })).toEqual([]);
    expect(world().changedInputs(PROVIDER, before, { ...before, kubeconfig: "b" })).toEqual([
      "kubeconfig",
    ]);
    expect(
      world().changedImmutables(PROVIDER, before, { ...before, clusterIdentifier: "/two" }),
    ).toEqual(["clusterIdentifier"]);
  });

  it("gives a built image a digest that follows its tag and arguments, not where its files lie", () => {
    const image = (imageName: string, context: string, args = {}) =>
      world().create(IMAGE, { imageName, build: { context, args } }).outputs["repoDigest"];
    const first = image("cr.azurecr.io/flood:one", "scoring");
    expect(first).toMatch(/^cr\.azurecr\.io\/flood@sha256:[0-9a-f]{64}$/);
    expect(image("cr.azurecr.io/flood:one", "elsewhere")).toBe(first);
    expect(image("cr.azurecr.io/flood:two", "scoring")).not.toBe(first);
    expect(image("cr.azurecr.io/flood:one", "scoring", { MODEL: "m" })).not.toBe(first);
  });

  it("does not take a registry's port for a tag", () => {
    const { outputs } = world().create(IMAGE, { imageName: "localhost:5000/flood:one" });
    expect(outputs["repoDigest"]).toMatch(/^localhost:5000\/flood@sha256:/);
  });

  it("knows no other resource of Docker's", () => {
    expect(() => world().create("docker:index/container:Container", {})).toThrow("does not know");
  });
});
