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
 * ours: an address, {@code localhost} and what is under it, a name without a dot, the name of the machine.
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
     * @param configured names, {@code *.} before one for all that are under it, {@code *} for any
     * @param isTrusting whoever asks may do everything, because only this machine reaches the server
     */
    static OwnNames of(List<String> configured, boolean isTrusting) {
        if (configured.contains(EVERYTHING) || configured.isEmpty() && !isTrusting) {
            return ANY;
        }
        Set<String> names = new HashSet<>();
        for (String name : configured) {
            names.add(canonical(name));
        }
        names.add(LOCALHOST);
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
        String host = canonical(withoutPort(authority.strip()));
        return host.indexOf('.') < 0 && host.indexOf(':') < 0 || NetUtil.isValidIpV4Address(host)
                || NetUtil.isValidIpV6Address(host) || names.contains(host)
                || suffixes.stream().anyMatch(host::endsWith);
    }

    /** Whether any name is refused. */
    boolean isChecked() {
        return isChecked;
    }

    /** Of {@code [::1]:8000} what is in the brackets. */
    private static String withoutPort(String authority) {
        int bracket = authority.indexOf(']');
        if (authority.startsWith("[") && bracket > 0) {
            return authority.substring(1, bracket);
        }
        int colon = authority.lastIndexOf(':');
        return colon < 0 ? authority : authority.substring(0, colon);
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
