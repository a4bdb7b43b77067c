import { debianClaims } from "./debian.ts";

debianClaims("trixie");
