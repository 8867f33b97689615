package io.forebay.server.http;

import io.netty.util.NetUtil;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Locale;
import java.util.Set;

/**
 * The names under which a server answers. A browser lets the page of a foreign name read what that name's address
 * serves, and whoever owns the name may let it stand for 127.0.0.1 at any time (DNS rebinding): the name in the
 * request is all that tells such a page from one of ours. What a page of another site cannot come from is always
 * ours: an address, {@code localhost} and what is under it, the names that systems list for it in
 * {@code /etc/hosts}, a name without a dot, the name of the machine, and the one that the server listens on.
 *
 * <p>Whoever answers for names without a dot (the search domain of a hostile network, LLMNR, mDNS) can do with one of
 * them what is refused to others: tokens are against that, not this class.
 *
 * <p>Threads: any; immutable.
 *
 * <p>Sources: RFC 9110 sections 7.2 and 7.4 for {@code Host} and its refusal, RFC 6761 section 6.3 for {@code localhost}.
 */
final class OwnNames {
    /** No request is refused for its name. */
    static final OwnNames ANY = new OwnNames(false, Set.of(), List.of());
    private static final String EVERYTHING = "*";
    private static final String LOCALHOST = "localhost";
    private static final List<String> LOOPBACK = List.of(LOCALHOST, "localhost.localdomain",
            "localhost4.localdomain4", "localhost6.localdomain6", "ip6-localhost", "ip6-loopback");
    private static final Path MACHINE = Path.of("/proc/sys/kernel/hostname");

    private final boolean isChecked;
    private final Set<String> names;
    /** What names may end with, each from its dot on. */
    private final List<String> suffixes;

    private OwnNames(boolean isChecked, Set<String> names, List<String> suffixes) {
        this.isChecked = isChecked;
        this.names = names;
        this.suffixes = suffixes;
    }

    /**
     * @param configured names, {@code *.} before one for all that are under it, {@code *} for any; a port is passed over
     * @param listening  what the server listens on, a name or an address
     * @param isTrusting whoever asks may do everything, because only this machine reaches the server
     */
    static OwnNames of(List<String> configured, String listening, boolean isTrusting) {
        Set<String> names = new HashSet<>();
        for (String name : configured) {
            names.add(canonical(name(name)));
        }
        if (names.contains(EVERYTHING) || configured.isEmpty() && !isTrusting) {
            return ANY;
        }
        names.addAll(LOOPBACK);
        names.add(canonical(listening));
        names.add(canonical(machine()));
        List<String> suffixes = new ArrayList<>(List.of("." + LOCALHOST));
        names.stream().filter(name -> name.startsWith("*.")).forEach(name -> suffixes.add(name.substring(1)));
        return new OwnNames(true, Set.copyOf(names), List.copyOf(suffixes));
    }

    /** @param authority a name or an address, and a port or none: the value of {@code Host} */
    boolean has(String authority) {
        if (!isChecked) {
            return true;
        }
        String host = canonical(name(authority));
        return host.indexOf('.') < 0 && host.indexOf(':') < 0 || NetUtil.isValidIpV4Address(host)
                || NetUtil.isValidIpV6Address(host) || names.contains(host)
                || suffixes.stream().anyMatch(host::endsWith);
    }

    /** Whether any name is refused. */
    boolean isChecked() {
        return isChecked;
    }

    /** Without user and port; of {@code [::1]:8000} what is in the brackets. */
    static String name(String authority) {
        String host = authority.substring(authority.lastIndexOf('@') + 1).strip();
        int bracket = host.indexOf(']');
        if (host.startsWith("[") && (bracket == host.length() - 1 || host.startsWith(":", bracket + 1))) {
            return host.substring(1, bracket);
        }
        int colon = host.indexOf(':');
        return colon < 0 || colon != host.lastIndexOf(':') ? host : host.substring(0, colon);
    }

    /** Names are compared without regard to case; a dot at their end says that they are whole. */
    private static String canonical(String name) {
        String lower = name.strip().toLowerCase(Locale.ROOT);
        return lower.endsWith(".") ? lower.substring(0, lower.length() - 1) : lower;
    }

    /** Not by the resolver, which may wait for a name server. Where Linux does not tell it, there is none. */
    private static String machine() {
        try {
            return Files.isReadable(MACHINE) ? Files.readString(MACHINE) : LOCALHOST;
        } catch (IOException notTold) {
            return LOCALHOST;
        }
    }
}
