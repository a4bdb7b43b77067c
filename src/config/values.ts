import { Failure } from "../core/failure.ts";
import { parseNetwork } from "../core/network.ts";

/** What an option's text may be. Each returns what it says, or throws a `Failure`: what was found and what was expected. */
export type Read<T> = (value: string) => T;

export const yesNo: Read<boolean> = (value) => {
  if (value === "yes" || value === "no") return value === "yes";
  throw new Failure(`is "${value}", expected yes or no`);
};

/** Any text but none. */
export const text: Read<string> = (value) => {
  if (value !== "") return value;
  throw new Failure("is empty");
};

export const mailAddress: Read<string> = (value) => {
  if (/^[^\s@<>,;"]+@[^\s@<>,;"]+$/.test(value)) return value;
  throw new Failure(`is "${value}", expected one mail address`);
};

/** "host", "host:port", "[address]:port" or an address. */
export const server: Read<string> = (value) => {
  if (/^[\w.-]+(:\d{1,5})?$|^\[[\da-f:.]+\](:\d{1,5})?$|^[\da-f:.]+$/i.test(value)) return value;
  throw new Failure(`is "${value}", expected a host or host:port`);
};

/** A network of ours. All of the Internet is nobody's. */
export const homeNetwork: Read<string> = (value) => {
  const network = parseNetwork(value);
  if (network && network.bits > 0) return value;
  throw new Failure(`is "${value}", expected an address or a network of yours (192.0.2.0/24)`);
};

export const absolutePath: Read<string> = (value) => {
  if (value.startsWith("/")) return value;
  throw new Failure(`is "${value}", expected an absolute path`);
};

/** A network or a host name, as `<white_list>` takes them. */
export const networkOrName: Read<string> = (value) => {
  if (parseNetwork(value)) return value;
  // OSSEC's own file anchors a name: "^localhost.localdomain$". The last part of a name is never a number (RFC 3696).
  const name = value.replace(/^\^|\$$/g, "");
  const isName = /^([a-z0-9_]([a-z0-9_-]*[a-z0-9_])?\.)*[a-z]([a-z0-9-]*[a-z0-9])?\.?$/i.test(name);
  if (isName) return name;
  throw new Failure(`is "${value}", expected an address, a network (192.0.2.0/24) or a host name`);
};
