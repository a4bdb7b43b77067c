import "../pattern/pattern.ts";
