import { beforeEach, describe, expect, it } from "@jest/globals";
import { KubernetesStore } from "../../../emulator/kubernetes/kubernetesStore";
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
  let store: KubernetesStore;
  beforeEach(() => {
    store = new KubernetesStore();
    store.create(NAMESPACE, named("flood"));
  });

  it("gives ids as the real provider does", () => {
    expect(store.read(NAMESPACE, "flood")?.id).toBe("flood");
    expect(store.create(SERVICE, named("scoring", "flood")).id).toBe("flood/scoring");
  });

  it("tells objects of two kinds with one name apart", () => {
    store.create(SERVICE, named("scoring", "flood"));
    store.create(DEPLOYMENT, workload("a"));
    store.delete(SERVICE, "flood/scoring");
    expect(store.read(SERVICE, "flood/scoring")).toBeUndefined();
    expect(store.read(DEPLOYMENT, "flood/scoring")?.inputs).toEqual(workload("a"));
  });

  it("puts what names no namespace into the default one", () => {
    expect(store.create(SERVICE, named("scoring")).id).toBe("default/scoring");
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
    expect(() => store.create(token, inputs)).toThrow(message);
  });

  it("refuses a second object of the same kind and name", () => {
    store.create(SERVICE, named("scoring", "flood"));
    expect(() => store.create(SERVICE, named("scoring", "flood"))).toThrow("exists already");
  });

  it("cannot change what a Deployment selects", () => {
    store.create(DEPLOYMENT, workload("a"));
    expect(() => store.update(DEPLOYMENT, "flood/scoring", workload("b"))).toThrow(
      "spec.selector of Deployment flood/scoring cannot change",
    );
    expect(store.changedImmutables(DEPLOYMENT, workload("a"), workload("b"))).toEqual([
      "spec.selector",
    ]);
  });

  it("cannot update what is not there", () => {
    expect(() => store.update(SERVICE, "flood/scoring", named("scoring", "flood"))).toThrow(
      "does not exist",
    );
  });

  it("loses with a namespace all that is in it, and nothing else", () => {
    store.create(NAMESPACE, named("other"));
    store.create(SERVICE, named("scoring", "flood"));
    store.create(SERVICE, named("scoring", "other"));
    store.delete(NAMESPACE, "flood");
    expect(store.list().map(({ id }) => id)).toEqual(["other", "other/scoring"]);
  });

  it("knows only the kinds that the program declares", () => {
    expect(() => store.create("kubernetes:batch/v1:Job", named("one", "flood"))).toThrow(
      "does not know kubernetes:batch/v1:Job",
    );
  });
});

describe("a state with types that the program no longer declares", () => {
  it.each(["kubernetes:batch/v1:Job", "docker:index/container:Container"])(
    "%s can be removed",
    (token) => {
      const settings = { subscriptionId: "s", tenantId: "t", resourceGroups: [] };
      const former = new EmulatorStore(settings).preview(token, named("one", "flood"), "flood/one");
      const store = new EmulatorStore(settings, [former]);
      expect(store.read(token, "flood/one")?.inputs).toEqual(named("one", "flood"));
      store.delete(token, "flood/one");
      expect(store.list()).toEqual([]);
    },
  );
});

describe("providers and images", () => {
  const PROVIDER = "pulumi:providers:kubernetes";
  const IMAGE = "docker:index/image:Image";
  const store = () =>
    new EmulatorStore({ subscriptionId: "s", tenantId: "t", resourceGroups: ["rg"] });

  it("makes another provider only for another cluster", () => {
    const before = { kubeconfig: "a", clusterIdentifier: "/one" };
    expect(store().changedImmutables(PROVIDER, before, { ...before, kubeconfig: "b" })).toEqual([]);
    expect(store().changedInputs(PROVIDER, before, { ...before, kubeconfig: "b" })).toEqual([
      "kubeconfig",
    ]);
    expect(
      store().changedImmutables(PROVIDER, before, { ...before, clusterIdentifier: "/two" }),
    ).toEqual(["clusterIdentifier"]);
  });

  it("gives a built image a digest that follows its tag and arguments, not where its files lie", () => {
    const image = (imageName: string, context: string, args = {}) =>
      store().create(IMAGE, { imageName, build: { context, args } }).outputs["repoDigest"];
    const first = image("cr.azurecr.io/flood:one", "scoring");
    expect(first).toMatch(/^cr\.azurecr\.io\/flood@sha256:[0-9a-f]{64}$/);
    expect(image("cr.azurecr.io/flood:one", "elsewhere")).toBe(first);
    expect(image("cr.azurecr.io/flood:two", "scoring")).not.toBe(first);
    expect(image("cr.azurecr.io/flood:one", "scoring", { MODEL: "m" })).not.toBe(first);
  });

  it("does not take a registry's port for a tag", () => {
    const { outputs } = store().create(IMAGE, { imageName: "localhost:5000/flood:one" });
    expect(outputs["repoDigest"]).toMatch(/^localhost:5000\/flood@sha256:/);
  });

  it("knows no other resource of Docker's", () => {
    expect(() => store().create("docker:index/container:Container", {})).toThrow("does not know");
  });
});
