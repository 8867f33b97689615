package io.forebay.etl.source;

import java.math.BigInteger;
import java.net.InetAddress;
import java.util.List;

/** Which network addresses belong to the public internet; after the registries of special-purpose addresses (RFC 6890). */
final class PublicAddresses {
    private record Block(byte[] prefix, int bits) {
        static Block of(String text) {
            int slash = text.indexOf('/');
            return new Block(InetAddress.ofLiteral(text.substring(0, slash)).getAddress(),
                    Integer.parseInt(text.substring(slash + 1)));
        }

        boolean holds(byte[] address) {
            if (address.length != prefix.length) {
                return false;
            }
            int shift = prefix.length * 8 - bits;
            return new BigInteger(1, prefix).shiftRight(shift)
                    .equals(new BigInteger(1, address).shiftRight(shift));
        }
    }

    /** This host, private, carrier-grade NAT, loopback, link-local (metadata of clouds), documentation, tests, multicast. */
    private static final List<Block> NOT_PUBLIC = List.of("0.0.0.0/8", "10.0.0.0/8", "100.64.0.0/10",
            "127.0.0.0/8", "169.254.0.0/16", "172.16.0.0/12", "192.0.0.0/24", "192.0.2.0/24",
            "192.88.99.0/24", "192.168.0.0/16", "198.18.0.0/15", "198.51.100.0/24", "203.0.113.0/24",
            "224.0.0.0/4", "240.0.0.0/4",
            // Unspecified, loopback and IPv4-compatible; discard; Teredo and its like; documentation; unique local;
            // link-local; site-local; multicast.
            "::/96", "100::/64", "2001::/23", "2001:db8::/32", "3fff::/20", "5f00::/16", "fc00::/7",
            "fe80::/10", "fec0::/10", "ff00::/8").stream().map(Block::of).toList();
    /** Addresses that hold an IPv4 address at an offset, to which they lead. */
    private static final Block MAPPED = new Block(mappedPrefix(), 96);
    private static final Block NAT64 = Block.of("64:ff9b::/96");
    private static final Block NAT64_LOCAL = Block.of("64:ff9b:1::/48");
    private static final Block SIX_TO_FOUR = Block.of("2002::/16");

    private PublicAddresses() {}

    static boolean isPublic(InetAddress address) {
        return isPublic(address.getAddress());
    }

    static boolean isPublic(byte[] bytes) {
        if (MAPPED.holds(bytes) || NAT64.holds(bytes)) {
            return isPublic(four(bytes, 12));
        }
        if (SIX_TO_FOUR.holds(bytes)) {
            return isPublic(four(bytes, 2));
        }
        return !NAT64_LOCAL.holds(bytes) && NOT_PUBLIC.stream().noneMatch(block -> block.holds(bytes));
    }

    private static byte[] four(byte[] bytes, int offset) {
        return new byte[]{bytes[offset], bytes[offset + 1], bytes[offset + 2], bytes[offset + 3]};
    }

    /** {@code ::ffff:0:0}: as text Java makes an IPv4 address of it. */
    private static byte[] mappedPrefix() {
        byte[] prefix = new byte[16];
        prefix[10] = (byte) 0xff;
        prefix[11] = (byte) 0xff;
        return prefix;
    }
}
