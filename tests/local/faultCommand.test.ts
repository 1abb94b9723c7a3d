import { describe, expect, it } from "@jest/globals";
import { UserError } from "../../errors";
import { requestOf } from "../../local/faultCommand";

describe("the words of npm run local -- fault", () => {
  it("are read as faults, with or without their signs", () => {
    const set = (...words: string[]) => {
      const request = requestOf("green", words);
      return request.kind === "set" ? request.fault : request.kind;
    };
    expect(set("errors=5%")).toEqual({ errorPercent: 5 });
    expect(set("answers", "slow=1.5", "errors=0.5")).toEqual({
      errorPercent: 0.5,
      slowFactor: 1.5,
      changesAnswers: true,
    });
    expect(set("crash")).toBe("crash");
    expect(set("off")).toBe("off");
  });

  it.each([
    [["errors=101%"], "errors=101% is not a fault: errors=5% (up to 100)"],
    [["errors=0%"], "errors=0% is not a fault"],
    [["errors=-5%"], "errors=-5% is not a fault"],
    [["errors=5x"], "errors=5x is not a fault"],
    [["slow=1x"], "slow=1x is not a fault"],
    [["slow=3%"], "slow=3% is not a fault"],
    [["slow=101x"], "slow=101x is not a fault"],
    [["answers", "anything"], "anything is not a fault"],
    [["errors=5%", "errors=6%"], "errors=5% errors=6%: name each fault once"],
    [["errors=5%", "crash"], "errors=5% crash: name each fault once; crash and off stand alone"],
    [["off", "errors=5%"], "crash and off stand alone"],
  ])("are refused where they are none: %p", (words, message) => {
    expect(() => requestOf("green", words)).toThrow(UserError);
    expect(() => requestOf("green", words)).toThrow(message);
  });
});
