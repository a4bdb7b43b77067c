/**
 * What is nobody's, and where the /64 that a block of IPv6 covers is not one host but many strangers: behind a
 * translator (RFC 6052, RFC 8215) and in Teredo (RFC 4380: a server's clients share their first 64 bits). The price
 * is that an attacker in there is only reported. Not so 6to4, 2002::/16 (RFC 3056): its /64 lies behind one IPv4
 * address. A translator with a prefix of the network's own cannot be known here: white-list it. The places where clouds
 * keep an instance's metadata are those that their documentation names; most are link-local.
 */
export const always = [
  ["127.0.0.0/8", "loopback"],
  ["::1", "loopback"],
  ["0.0.0.0/8", "this network"],
  ["::", "unspecified"],
  ["169.254.0.0/16", "link-local, cloud metadata"],
  ["fe80::/10", "link-local"],
  ["fd00:ec2::254", "cloud metadata"],
  ["168.63.129.16", "cloud metadata"],
  ["100.100.100.200", "cloud metadata"],
  ["192.0.0.192", "cloud metadata"],
  ["224.0.0.0/4", "multicast"],
  ["ff00::/8", "multicast"],
  ["255.255.255.255", "broadcast"],
  ["64:ff9b::/96", "NAT64, the /64 of a block would be all of IPv4"],
  ["64:ff9b:1::/48", "NAT64, the /64 of a block would be all of IPv4"],
  ["2001::/32", "Teredo, the /64 of a block would be everybody behind one Teredo server"],
] as const;
