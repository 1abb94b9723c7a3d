import { describe, expect, it } from "@jest/globals";
import { accessSection } from "../../review/sections/access";
import { change, resource, told } from "./smallStack";

const endpoint = (authMode: string, name = "e") =>
  resource("machinelearningservices:OnlineEndpoint", name, { properties: { authMode } });

const toldOf = (was: string, is: string) =>
  told(accessSection(change([endpoint(was)], [endpoint(is)])));

const each = "each of them needs it from the update on";

describe("the authentication of an endpoint's callers", () => {
  it.each([
    ["AADToken", "Key", "a shared key instead of a token of Entra ID"],
    ["AADToken", "AMLToken", "a token of Azure ML instead of a token of Entra ID"],
    ["AMLToken", "Key", "a shared key instead of a token of Azure ML"],
  ])("is weaker after %s becomes %s, which blocks", (was, is, words) => {
    expect(toldOf(was, is)).toContain(
      `blocking: Weaker authentication: callers of online endpoint e show ${words}; ${each}`,
    );
  });

  it("is safer by tokens of Entra ID, and callers have to follow", () => {
    expect(toldOf("Key", "AADToken")).toContain(
      `review: Authentication: callers of online endpoint e show a token of Entra ID instead of a shared key; ${each}`,
    );
  });

  it("is no change where it stays, and of an endpoint that is new or goes", () => {
    expect(toldOf("Key", "Key")).toEqual([]);
    expect(told(accessSection(change([], [endpoint("Key")])))).toEqual([]);
    expect(told(accessSection(change([endpoint("Key")], [])))).toEqual([]);
  });
});
