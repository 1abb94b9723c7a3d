import * as pulumi from "@pulumi/pulumi";
import { loadConfig } from "../../../config";
import { ConfigError, type Problem } from "../../../errors";
import type { ProductionConfig } from "../../../config/production/productionTypes";
import { PRODUCTION, productionSettings } from "../../stacks";

/** Reads complete settings of production with some of them changed. */
export async function load(changes: Record<string, unknown> = {}): Promise<ProductionConfig> {
  pulumi.runtime.setAllConfig({ ...productionSettings(changes) });
  const config = await loadConfig("test");
  if (config.target !== "production") throw new Error(`target is ${config.target}`);
  return config;
}

/** What is wrong with the settings; none where they are accepted. */
export async function problems(changes: Record<string, unknown>): Promise<readonly Problem[]> {
  try {
    await load(changes);
    return [];
  } catch (error) {
    if (error instanceof ConfigError) return error.problems;
    throw error;
  }
}

/** Errors as `key: message`, in the order in which they were found. */
export async function faults(changes: Record<string, unknown>): Promise<string[]> {
  return (await problems(changes))
    .filter(({ severity }) => severity === "error")
    .map(({ key, message }) => `${key ?? ""}: ${message}`);
}

/** The network of the complete settings with some parts changed; `subnets` is merged. */
export function network(changes: Record<string, unknown>): Record<string, unknown> {
  const subnets = { ...PRODUCTION.network.subnets, ...(changes["subnets"] as object | undefined) };
  return { network: { ...PRODUCTION.network, ...changes, subnets } };
}

export function cluster(changes: Record<string, unknown>): Record<string, unknown> {
  return { cluster: { ...PRODUCTION.cluster, ...changes } };
}
