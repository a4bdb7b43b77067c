import { expect, test } from "vitest";
import { openInForce } from "../../src/bin/in-force.ts";

test.each(["load", "open"])("when %s fails, what was in force stays so, as a whole", (step) => {
  let number = 1;
  const failing = (here: string) => {
    if (number === 2 && here === step) throw new Error(`cannot ${step}`);
  };
  const inForce = openInForce(
    () => {
      failing("load");
      return `settings ${number}`;
    },
    (settings) => {
      failing("open");
      return `judge by ${settings}`;
    },
  );
  const shown = () => [inForce.configuration, inForce.opened];
  expect(shown()).toEqual(["settings 1", "judge by settings 1"]);
  number = 2;
  expect(() => inForce.renew()).toThrow(`cannot ${step}`);
  expect(shown()).toEqual(["settings 1", "judge by settings 1"]);
  number = 3;
  inForce.renew();
  expect(shown()).toEqual(["settings 3", "judge by settings 3"]);
});
