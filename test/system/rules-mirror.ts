import { createReadStream } from "node:fs";
import { createServer } from "node:http";
import { basename } from "node:path";

/**
 * Serves one file over HTTP on port 80, as a mirror of Suricata rules would.
 *
 *   node rules-mirror.ts FILE
 */
const [file = ""] = process.argv.slice(2);

createServer((request, response) => {
  if (request.url === `/${basename(file)}`) {
    createReadStream(file).pipe(response);
    return;
  }
  response.writeHead(404).end();
}).listen(80, "0.0.0.0", () => process.stdout.write("listening\n"));
