import { createServer } from "node:http";

/**
 * Stands in for a chat's incoming webhook: prints each message that is posted to it, one a line, as JSON.
 *
 *   node chat.ts
 */
createServer((request, response) => {
  let body = "";
  request.on("data", (chunk) => {
    body += String(chunk);
  });
  request.on("end", () => {
    process.stdout.write(`${body}\n`);
    response.end("ok");
  });
}).listen(8065, "0.0.0.0", () => process.stdout.write("listening\n"));
