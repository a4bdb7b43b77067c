import { decode } from "../decode/decode.ts";
export const settings = decode;
