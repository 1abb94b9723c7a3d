import * as resources from "@pulumi/azure-native/resources";
import * as pulumi from "@pulumi/pulumi";
import type { CommonConfig } from "../config/types";
import { resolvedName } from "./resolvedName";

/** Name of the resource group, which the stack finds there or makes. Deleting a group deletes everything in it. */
export function resourceGroup({
  resourceGroup: { name, create },
  location,
  tags,
  protect,
}: Pick<CommonConfig, "resourceGroup" | "location" | "tags" | "protect">): pulumi.Output<string> {
  if (!create) return pulumi.output(name);
  const args = { resourceGroupName: name, location, tags };
  return resolvedName(new resources.ResourceGroup("resource-group", args, { protect }), name);
}
