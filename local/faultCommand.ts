import { Command, type Option } from "commander";
import { UserError } from "../errors";
import { faultText, type Fault, type FaultRequest, type SupervisorClient } from "./endpoint";
import { print } from "../output";

/** `fault`: a deployment that misbehaves on purpose, to see what a rollout does about it. */
export function faultCommand(
  stackOption: () => Option,
  running: (stack: string) => Promise<SupervisorClient>,
): Command {
  return new Command("fault")
    .description("let a running deployment fail, slow down, answer differently or crash")
    .addOption(stackOption())
    .argument("<deployment>", "deployment whose answers are changed on their way")
    .argument("<faults...>", "errors=5% · slow=3x · answers (together), or crash, or off")
    .action(async (deployment: string, faults: string[], { stack }: { stack: string }) => {
      const request = requestOf(deployment, faults);
      await (await running(stack)).fault(request);
      print(outcomeText(request));
    });
}

/** @throws UserError when the words are no faults */
export function requestOf(deployment: string, words: readonly string[]): FaultRequest {
  const [only = ""] = words;
  if (words.length === 1 && (only === "crash" || only === "off")) {
    return { kind: only, deployment };
  }
  const fault = words.map(faultOf).reduce<Fault>((all, one) => ({ ...all, ...one }), {});
  if (Object.keys(fault).length === words.length) return { kind: "set", deployment, fault };
  throw new UserError(`${words.join(" ")}: name each fault once; crash and off stand alone`);
}

function faultOf(word: string): Fault {
  const [, name, number] = /^(errors|slow)=(\d+(?:\.\d+)?)(?:%|x)?$/.exec(word) ?? [];
  const value = Number(number);
  if (word === "answers") return { changesAnswers: true };
  if (name === "errors" && !word.endsWith("x") && value > 0 && value <= 100) {
    return { errorPercent: value };
  }
  if (name === "slow" && !word.endsWith("%") && value > 1 && value <= 100) {
    return { slowFactor: value };
  }
  if (word === "crash" || word === "off") return {};
  throw new UserError(
    `${word} is not a fault: errors=5% (up to 100), slow=3x (above 1, up to 100), answers, crash, off`,
  );
}

function outcomeText(request: FaultRequest): string {
  const { deployment } = request;
  if (request.kind === "off") return `${deployment} has no injected fault.`;
  if (request.kind === "crash") {
    return `The process of one instance of ${deployment} was ended; the endpoint starts another.`;
  }
  return (
    `${deployment}: ${faultText(request.fault)}.\n` +
    `It ends with: npm run local -- fault ${deployment} off, the next revision of the deployment, or down.`
  );
}
