import "../decode/decode.ts";
