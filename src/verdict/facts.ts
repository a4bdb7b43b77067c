/** What a signature's text says of who called whom, and of the proof that it asks for. */
export interface SignatureFacts {
  /** Whether the header asks for an address of HOME_NET there. */
  readonly fromHome: boolean;
  readonly toHome: boolean;
  /** What the sender of the packet is in its connection. */
  readonly sender: "client" | "server" | undefined;
  /** Whether it fires only in an established flow, or on what only a reassembled stream has. */
  readonly isEstablished: boolean;
  /** Whether it can fire on nothing but TCP. */
  readonly isTcp: boolean;
}

/** The same as bits; `factsIn` reads them. */
export const bit = { fromHome: 1, toHome: 2, byClient: 4, byServer: 8, established: 16, tcp: 32 };

export const setsOfFacts = 64;

/** Every set of facts there is, for tens of thousands of signatures. */
const allFacts: readonly SignatureFacts[] = Array.from({ length: setsOfFacts }, (_, bits) => ({
  fromHome: (bits & bit.fromHome) !== 0,
  toHome: (bits & bit.toHome) !== 0,
  sender: senderIn(bits),
  isEstablished: (bits & bit.established) !== 0,
  isTcp: (bits & bit.tcp) !== 0,
}));

/** Undefined for what are no facts. */
export function factsIn(bits: number): SignatureFacts | undefined {
  return allFacts[bits];
}

/** What says that both sent it says nothing. */
function senderIn(bits: number): SignatureFacts["sender"] {
  const isClients = (bits & bit.byClient) !== 0;
  const isServers = (bits & bit.byServer) !== 0;
  if (isClients === isServers) return undefined;
  return isClients ? "client" : "server";
}
