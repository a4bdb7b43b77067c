import { decode } from "../decode/decode.ts";
export const executor = decode;
