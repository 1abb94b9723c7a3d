import { Command, InvalidArgumentError, type Option } from "commander";
import type { SupervisorClient, TokenRequest } from "./endpoint";
import { printError, printKey } from "../output";

interface TokenOptions {
  readonly stack: string;
  readonly for?: string;
  readonly memberOf?: string;
  readonly expires?: number;
  readonly newKey?: boolean;
}

/** `token`: what `az ml online-endpoint get-credentials --query accessToken` prints for an endpoint in Azure. */
export function tokenCommand(
  stackOption: () => Option,
  running: (stack: string) => Promise<SupervisorClient>,
): Command {
  return new Command("token")
    .description("print a token for the running endpoint, if it takes tokens")
    .addOption(stackOption())
    .option("--for <object-id>", "of this user or service principal (default: the owner)")
    .option("--member-of <object-id>", "who is a member of this group")
    .option("--expires <seconds>", "that expires then; negative: that has expired", seconds)
    .option("--new-key", "signed with a new key, as after a key rollover of Entra ID")
    .action(async (options: TokenOptions) => {
      const token = await (await running(options.stack)).token(requestOf(options));
      printKey(token.accessToken);
      printError(`Expires ${new Date(token.expiryTimeUtc * 1000).toISOString()}`);
    });
}

function requestOf({ for: objectId, memberOf, expires, newKey }: TokenOptions): TokenRequest {
  return {
    ...(objectId === undefined ? {} : { objectId }),
    ...(memberOf === undefined ? {} : { memberOf }),
    ...(expires === undefined ? {} : { expiresIn: expires }),
    ...(newKey === undefined ? {} : { newKey }),
  };
}

function seconds(text: string): number {
  if (/^-?\d{1,6}$/.test(text)) return Number(text);
  throw new InvalidArgumentError("It must be a whole number of seconds.");
}
