import "../integrity/scan.ts";
import "../respond/client.ts";
