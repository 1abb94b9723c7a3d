import { FOUNDATIONS } from "../resourceTypes";
import { BOTH, type Rule } from "../rule";

/** The container holds the data; the account around it may stay. */
const KEPT = [...FOUNDATIONS, "azure-native:storage:BlobContainer"];

export const changeRules: readonly Rule[] = [
  // A replacement deletes the old one, with its data and all that runs on it. One graph does not show it: this rule
  // is on what a run would do, which a review knows from the graphs before and after.
  //
  // The engine tells rules nothing of what it plans. There the stack's own guard refuses the settings that would lead
  // to it (config/production/foundation.ts), and `protected-foundations` makes the engine refuse the deletion itself.
  {
    id: "no-foundation-replacement",
    title: "No run replaces or deletes cluster, workspace, storage, vault or registry",
    severity: "mandatory",
    targets: BOTH,
    references: { other: ["pulumi-azure-native, provider/pkg/gen/replacement.go"] },
    checkChanges: (changes) =>
      changes
        .filter(({ op, type }) => (op === "replace" || op === "delete") && KEPT.includes(type))
        .map((change) => ({ change, message: `would be ${change.op}d, with all it holds` })),
  },
];
