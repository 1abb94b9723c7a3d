import { ArmError, type Arm } from "../traffic/arm";
import { keyOf, READ_LIKE, type Answer, type Question } from "./question";

/** All that preflight can do in Azure: ask. */
export interface Reader {
  /** Refusals are answers too. @throws Error when no answer came at all, such as without a credential */
  ask(question: Question): Promise<Answer>;
}

/**
 * Asks Azure Resource Manager, each question once. There is no way to write through it: it knows GET, and the POSTs of
 * `READ_LIKE`.
 *
 * @param arm only its reading half is used
 */
export function readerOf(arm: Pick<Arm, "get" | "list" | "post">): Reader {
  const asked = new Map<string, Promise<Answer>>();
  return {
    ask(question) {
      const key = keyOf(question);
      const answer = asked.get(key) ?? answered(arm, question);
      asked.set(key, answer);
      return answer;
    },
  };
}

async function answered(
  arm: Pick<Arm, "get" | "list" | "post">,
  question: Question,
): Promise<Answer> {
  const { path, apiVersion, list, filter, body } = question;
  const query = {
    "api-version": apiVersion,
    ...(filter === undefined ? {} : { $filter: filter }),
  };
  try {
    if (body !== undefined) {
      if (!READ_LIKE.test(path))
        throw new Error(`${path} may change something, so it is not called`);
      return { status: 200, body: await arm.post(path, body, query) };
    }
    if (list === true) return { status: 200, body: { value: await arm.list(path, query) } };
    const found = await arm.get(path, query);
    return found === undefined
      ? { status: 404, code: "NotFound", body: undefined }
      : { status: 200, body: found.body };
  } catch (error) {
    // An operation that failed after it was accepted has no status; it is a refusal all the same.
    if (!(error instanceof ArmError) || error.code === "ForeignAddress") throw error;
    const { status, code } = error;
    const message = error.message.slice(`${code}: `.length);
    return { status: status === 0 ? 400 : status, code, message, body: error.body };
  }
}
