import { isObject, listAt, numberAt, textAt, type Inputs } from "../../graph/paths";
import { Refusal } from "./refusal";
import type { TypeRules } from "./typeRules";

/** Azure REST API, Budgets - Create Or Update (2024-08-01). */
const MOST_NOTIFICATIONS = 5;
const MOST_PERCENT = 1000;
const FIRST_START = "2017-06-01";

/** Rules of budgets beyond names and parents. */
export const budgetRules: Readonly<Record<string, TypeRules>> = {
  "azure-native:consumption:Budget": {
    put(inputs, id) {
      refusePeriod(inputs, id);
      if ((numberAt(inputs, "amount") ?? 0) <= 0) {
        throw new Refusal("400", `amount of ${id} is not above 0`, "budget-amount");
      }
      const all = isObject(inputs["notifications"]) ? inputs["notifications"] : {};
      if (Object.keys(all).length > MOST_NOTIFICATIONS) {
        throw new Refusal(
          "400",
          `${id} has ${String(Object.keys(all).length)} notifications; a budget has at most ${String(MOST_NOTIFICATIONS)}`,
          "budget-notifications",
        );
      }
      for (const [name, notification] of Object.entries(all)) {
        refuseNotification(`notification ${name} of ${id}`, notification);
      }
    },
  },
};

function refusePeriod(inputs: Inputs, id: string): void {
  const start = textAt(inputs, "timePeriod.startDate");
  const end = textAt(inputs, "timePeriod.endDate");
  if (!/^\d{4}-\d{2}-01(T00:00:00Z)?$/.test(start) || start < FIRST_START) {
    throw new Refusal(
      "400",
      `startDate of ${id} is ${start || "missing"}; it is the first of a month from June 2017 on`,
      "budget-start",
    );
  }
  if (end !== "" && end <= start) {
    throw new Refusal("400", `${id} ends before it starts`, "budget-start");
  }
}

function refuseNotification(what: string, notification: unknown): void {
  const threshold = numberAt(notification, "threshold");
  if (threshold === undefined || threshold < 0 || threshold > MOST_PERCENT) {
    throw new Refusal(
      "400",
      `threshold of ${what} is ${String(threshold)}; it is 0 to ${String(MOST_PERCENT)} percent`,
      "budget-threshold",
    );
  }
  const contacts = [
    ...listAt(notification, "contactEmails"),
    ...listAt(notification, "contactGroups"),
  ];
  if (contacts.length === 0) {
    throw new Refusal(
      "400",
      `${what} names neither an e-mail address nor an action group; a role alone is not enough`,
      "budget-contact",
    );
  }
}
