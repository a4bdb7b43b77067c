import type { Decoder } from "../decoder.ts";
import { sshd } from "./sshd.ts";

/** Every decoder that is chosen by the program's name. */
export const decoders: readonly Decoder[] = [sshd];
