import { execFileSync } from "node:child_process";
import { expect, test } from "vitest";
import { functionsOf } from "./functions.ts";

/** What Postfix is told instead, on a server of another name than that of the image. */
function renamed(words: string, was: string, now: string): string {
  const script = `${functionsOf("first-boot")}\nwas=$1 now=$2\nrenamed "$3"\n`;
  return execFileSync("/bin/sh", ["-c", script, "sh", was, now, words], {
    encoding: "utf8",
  }).trim();
}

test.each([
  ["web", "shop", "web", "shop"],
  ["web", "shop", "web.example.com", "shop.example.com"],
  ["web.example.com", "shop", "web.example.com", "shop.example.com"],
  ["web", "shop.example.org", "web.example.com", "shop.example.org"],
  [
    "web",
    "shop",
    "$myhostname, web.example.com, web, localhost.example.com, , localhost",
    "$myhostname, shop.example.com, shop, localhost.example.com, , localhost",
  ],
])("an image of %s started as %s: %s becomes %s", (was, now, words, expected) => {
  expect(renamed(words, was, now)).toBe(expected);
});

test.each(["website", "www.web.example.com", "mail.example.com", "$myhostname"])(
  "%s is not the name of the image",
  (words) => expect(renamed(words, "web", "shop")).toBe(words),
);
