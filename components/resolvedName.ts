import * as pulumi from "@pulumi/pulumi";

/**
 * The name of a resource as an output that waits for the resource to be made, known ever after.
 *
 * The resource's own `name` output is unknown in the preview of any change to it, a tag for instance, and then
 * everything below it is shown as about to be replaced. Its id stays known.
 */
export function resolvedName(resource: pulumi.CustomResource, name: string): pulumi.Output<string> {
  return resource.id.apply(() => name);
}
