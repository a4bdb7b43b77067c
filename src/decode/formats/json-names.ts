import { parseAddress } from "../../core/address.ts";

/** Where programs write when something happened, the first that is there. */
export const times = ["@timestamp", "timestamp", "time", "ts", "datetime", "__REALTIME_TIMESTAMP"];

/** Where they write what happened. */
export const messages = ["MESSAGE", "message", "msg", "short_message", "log", "event.original"];

export const programs = ["program", "program_name", "ident", "appname", "app", "process.name"];

/** Not "host": in the log of a web server that is what the client asked for. */
export const hosts = ["_HOSTNAME", "hostname", "host.name"];

/** By which names a field of OSSEC's goes elsewhere, and what of such a value it is, if anything. */
interface Alias {
  readonly field: string;
  readonly names: readonly string[];
  read(value: string): string | undefined;
}

/**
 * The other end of the connection is believed, never what a client says of itself (X-Forwarded-For and its like): it
 * could name whom to block.
 */
export const aliases: readonly Alias[] = [
  { field: "srcip", names: clientNames(), read: addressIn },
  { field: "dstip", names: ["dest_ip", "dst_ip", "destination.ip", "server.ip"], read: addressIn },
  {
    field: "srcport",
    names: ["src_port", "source.port", "client.port", "remote_port", "req.remotePort"],
    read: portIn,
  },
  {
    field: "dstport",
    names: ["dest_port", "dst_port", "destination.port", "server.port"],
    read: portIn,
  },
  {
    field: "dstuser",
    names: ["user", "username", "user.name", "user_name", "login"],
    read: asItIs,
  },
  {
    field: "url",
    names: ["uri", "request_uri", "url.original", "url.path", "request.uri", "req.url"],
    read: asItIs,
  },
  {
    field: "status",
    names: ["status_code", "statusCode", "http.response.status_code", "res.statusCode"],
    read: asItIs,
  },
];

/** Elastic's schema, Suricata, nginx by custom, Caddy, pino, and what is usual beside them. */
function clientNames(): string[] {
  const plain = "src_ip client_ip clientip remote_ip remote_addr remoteAddr remoteAddress";
  const nested = "source.ip client.ip request.client_ip request.remote_ip req.remoteAddress";
  return [...plain.split(" "), ...nested.split(" ")];
}

/** An address, with a port behind it or without: "192.0.2.1:80", "[2001:db8::1]:80". */
function addressIn(value: string): string | undefined {
  const [, inner] =
    /^\[([\da-f:.]+)\](?::\d+)?$/i.exec(value) ?? /^([\d.]+):\d+$/.exec(value) ?? [];
  return parseAddress(inner ?? value);
}

function portIn(value: string): string | undefined {
  return /^\d{1,5}$/.test(value) ? value : undefined;
}

function asItIs(value: string): string {
  return value;
}
