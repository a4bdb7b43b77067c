import { debianClaims } from "./debian.ts";

debianClaims("bookworm");
