import { ossecAlert } from "./ossec-alert.ts";
import { pf } from "./pf.ts";
import type { Plugin } from "./plugin.ts";
import { sonicWall } from "./sonic-wall.ts";
import { symantecWs } from "./symantec-ws.ts";

/** By the names that `<plugin_decoder>` gives them. */
export const plugins: ReadonlyMap<string, Plugin> = new Map([
  ["PF_Decoder", pf],
  ["SymantecWS_Decoder", symantecWs],
  ["SonicWall_Decoder", sonicWall],
  ["OSSECAlert_Decoder", ossecAlert],
]);
