import { expect, test } from "vitest";
import { Failure, mapAll, mistakesIn } from "../../src/core/failure.ts";

function mistakes(work: () => unknown): string[] {
  try {
    work();
  } catch (thrown) {
    if (thrown instanceof Failure) return mistakesIn(thrown).map(({ message }) => message);
    throw thrown;
  }
  return [];
}

const refuseOdd = (number: number) => {
  if (number % 2 === 1) throw new Failure(`${number} is odd`);
  return number / 2;
};

test("all of them, or all that is wrong with them", () => {
  expect(mapAll([2, 4], refuseOdd)).toEqual([1, 2]);
  expect(mistakes(() => mapAll([1, 2, 3], refuseOdd))).toEqual(["1 is odd", "3 is odd"]);
  const nested = () => mapAll([[1, 3], [2], [5]], (numbers) => mapAll(numbers, refuseOdd));
  expect(mistakes(nested)).toEqual(["1 is odd", "3 is odd", "5 is odd"]);
});

test("twenty at the most", () => {
  const many = Array.from({ length: 50 }, (_, index) => index);
  const told = mistakes(() => mapAll([many, many], (numbers) => mapAll(numbers, refuseOdd)));
  expect([told.length, told.at(-1)]).toEqual([20, "39 is odd"]);
});

test("our own fault is no mistake of the admin's", () => {
  const fault = () =>
    mapAll([1, 2], (number) => {
      if (number === 2) throw new TypeError("a fault");
      return refuseOdd(number);
    });
  expect(fault).toThrow(TypeError);
});
