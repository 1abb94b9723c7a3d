import { isRestError } from "@azure/core-rest-pipeline";
import { ArmError } from "../traffic/arm";
import { checks } from "./checks";
import { subscription, subscriptionQuestion } from "./checks/subscription";
import type { Declared } from "./declared";
import type { AnswerTo, Check, Finding } from "./finding";
import { keyOf, type Answer, type Question } from "./question";
import type { Reader } from "./reader";

export interface Preflight {
  readonly findings: readonly Finding[];
  /** Checks that had something to ask. */
  readonly checks: number;
  readonly questions: number;
}

export interface RunOptions {
  readonly reader: Reader;
  readonly now: Date;
  /** Told what is asked next. */
  readonly progress?: (title: string) => void;
}

/**
 * Asks all that the stack needs, and says everything that is missing at once. Where the subscription itself cannot be
 * used, that is all that is said.
 */
export async function preflight(
  declared: Declared,
  { reader, now, progress }: RunOptions,
): Promise<Preflight> {
  const answers = new Map<string, Answer>();
  const findings: Finding[] = [];
  let asking = 0;

  const run = async (check: Check) => {
    const questions = check.questions(declared);
    if (questions.length === 0) return;
    progress?.(check.title);
    asking += 1;
    await ask(questions);
    const further = check.next?.(declared, answersOf(check, answers)) ?? [];
    await ask(further);
    findings.push(...judged(check, declared, [...questions, ...further], answers));
  };
  const ask = (questions: readonly Question[]) =>
    Promise.all(
      questions.map(async (one) =>
        answers.set(keyOf(one), await reader.ask(one).catch(withoutAnswer)),
      ),
    );

  await run(subscription);
  const { status } = answers.get(keyOf(subscriptionQuestion(declared))) ?? { status: 0 };
  if (status === 200) for (const check of checks(now)) await run(check);
  return { findings: distinct(findings), checks: asking, questions: answers.size };
}

/** An answer that never came; anything else is a bug. */
function withoutAnswer(error: unknown): Answer {
  const { name, message } = error as Error;
  // Azure's sign-in library: CredentialUnavailableError, AuthenticationError, AggregateAuthenticationError and others.
  const isSignIn = /Credential|Authentication/.test(name);
  if (!isSignIn && !isRestError(error) && !(error instanceof ArmError)) throw error;
  const code = isSignIn ? "not signed in" : "no answer";
  return {
    status: isSignIn ? 401 : 0,
    code,
    message: message.split("\n")[0] ?? "",
    body: undefined,
  };
}

function answersOf(check: Check, answers: ReadonlyMap<string, Answer>): AnswerTo {
  return (question) => {
    const answer = answers.get(keyOf(question));
    if (answer === undefined) throw new Error(`${check.id} did not ask ${question.path}`);
    return answer;
  };
}

/** What a check says, or why it cannot say anything. */
function judged(
  check: Check,
  declared: Declared,
  questions: readonly Question[],
  answers: ReadonlyMap<string, Answer>,
): Finding[] {
  const answerTo = answersOf(check, answers);
  const refused = questions.filter((one) => !isAnswer(one, answerTo(one)));
  if (refused.length > 0) {
    return refused.map((one) => unanswered(check, declared, one, answerTo(one)));
  }
  return check
    .findings(declared, answerTo)
    .map((found) => ({ ...found, check: found.check ?? check.id, kind: found.kind ?? "shortage" }));
}

/** Of a POST, a refusal of what was sent is an answer as well. */
function isAnswer({ body, takesForbidden }: Question, { status }: Answer): boolean {
  if (status === 403) return takesForbidden === true;
  return status === 200 || status === 404 || (body !== undefined && status === 400);
}

function unanswered(
  check: Check,
  { subscriptionId, resourceGroup }: Declared,
  { action, path, isOptional }: Question,
  { status, code, message }: Answer,
): Finding {
  const said =
    [code, message].filter((one) => one !== undefined).join(": ") || `status ${String(status)}`;
  if (status === 401) {
    return {
      check: "signed-in",
      kind: "unanswered",
      missing: `Azure rejects the sign-in (${said})`,
      who: "you: sign in again",
      command: "az login",
    };
  }
  if (status === 403) {
    const ofGroup = path.toLowerCase().startsWith(`${resourceGroup.id.toLowerCase()}/`);
    const scope = ofGroup ? resourceGroup.id : `/subscriptions/${subscriptionId}`;
    const role = action.endsWith("/read") ? "Reader" : "Contributor";
    return {
      check: check.id,
      kind: isOptional === true ? "note" : "unanswered",
      missing: `${check.title} could not be read: the signed-in identity may not do ${action}`,
      who: "someone with Owner or User Access Administrator there",
      command: `az role assignment create --assignee <object id> --role ${role} --scope ${scope}`,
    };
  }
  return {
    check: check.id,
    kind: "unanswered",
    missing: `${check.title} could not be read: ${said}`,
    who: "nobody, if Azure has a transient problem: run preflight again",
    command: `az rest --method get --url "https://management.azure.com${path}"`,
  };
}

/** Two checks that ask the same are refused the same. */
function distinct(findings: readonly Finding[]): Finding[] {
  return [...new Map(findings.map((one) => [`${one.kind} ${one.missing}`, one])).values()];
}
