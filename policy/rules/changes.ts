import { FOUNDATIONS } from "../resourceTypes";
import { type RuleDefinition } from "../rule";

/** The container holds the data, and can be deleted while its account stays. */
const PROTECTED = [...FOUNDATIONS, "azure-native:storage:BlobContainer"];

export const changeRules: readonly RuleDefinition[] = [
  // A replacement deletes the old resource with its data and everything that runs on it. A single graph does not show
  // this: the rule checks what a run would do, which a review knows from the graphs before and after.
  //
  // The engine does not tell rules what it plans. There, the stack refuses settings that would lead to a replacement
  // (config/production/foundation.ts), and `protected-foundations` makes the engine refuse the deletion itself.
  {
    id: "no-foundation-replacement",
    title: "No run replaces or deletes cluster, workspace, storage, vault or registry",
    references: { other: ["pulumi-azure-native, provider/pkg/gen/replacement.go"] },
    checkChanges: (changes) =>
      changes
        .filter(({ op, type }) => (op === "replace" || op === "delete") && PROTECTED.includes(type))
        .map((change) => ({ change, message: `would be ${change.op}d, with all it holds` })),
  },
];
