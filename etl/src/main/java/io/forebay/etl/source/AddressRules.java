package io.forebay.etl.source;

import io.forebay.model.ErrorCode;
import io.forebay.model.ForebayException;
import java.net.Inet4Address;
import java.net.InetAddress;
import java.net.URI;
import java.net.URISyntaxException;
import java.net.UnknownHostException;
import java.util.HashSet;
import java.util.List;
import java.util.Locale;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * Decides what may be fetched: the names that the configuration allows ({@code imports.allowed_hosts}), and of these only
 * the ones that stand for a public network address, unless private ones are allowed.
 *
 * <p>A name is judged by {@link #web} and {@link #bucket}, before anything is sent and again at every redirect and every
 * next page. What the name resolves to is judged by {@link #resolve}, from which the HTTP client takes the addresses that
 * it connects to: there is no second look-up between the check and the connection. Odd forms of an address (decimal,
 * octal, hexadecimal) are judged as what they were parsed into.
 *
 * <p>Threads: any.
 */
final class AddressRules {
    static final String KEY = "imports.allowed_hosts";

    /** What a name stands for; the system's resolver, or a test's. */
    @FunctionalInterface
    interface Lookup {
        InetAddress[] resolve(String host) throws UnknownHostException;
    }

    /** A host is allowed by its name but stands for an address that is not. */
    static final class ForbiddenAddressException extends UnknownHostException {
        private static final long serialVersionUID = 1L;

        ForbiddenAddressException(String message) {
            super(message);
        }
    }

    private final Set<String> names = new HashSet<>();
    private final Set<String> domains = new HashSet<>();
    private final Set<String> buckets = new HashSet<>();
    private final boolean privateAllowed;
    private final Lookup lookup;

    AddressRules(List<String> allowed, boolean privateAllowed, Lookup lookup) {
        this.privateAllowed = privateAllowed;
        this.lookup = lookup;
        for (String entry : allowed) {
            if (entry.startsWith("s3://")) {
                buckets.add(entry.substring("s3://".length()).replaceAll("/+$", ""));
            } else if (entry.startsWith("*.")) {
                domains.add(canonical(entry.substring(1)));
            } else {
                names.add(canonical(entry));
            }
        }
    }

    /** @throws ForebayException INVALID_ARGUMENT for what is no address at all */
    static URI parse(String url) {
        try {
            URI uri = new URI(url.strip());
            String scheme = uri.getScheme();
            if (scheme == null || uri.isOpaque()) {
                throw invalid("the address must begin with http://, https:// or s3://");
            }
            return uri;
        } catch (URISyntaxException e) {
            throw invalid("the address cannot be read: " + e.getReason() + " at index " + e.getIndex());
        }
    }

    /** The address without a fragment, when it may be asked. */
    URI web(URI uri) {
        String scheme = String.valueOf(uri.getScheme()).toLowerCase(Locale.ROOT);
        if (!scheme.equals("http") && !scheme.equals("https")) {
            throw invalid("the scheme [" + scheme + "] is not supported: http, https and s3 are");
        }
        if (uri.getRawUserInfo() != null || String.valueOf(uri.getRawAuthority()).indexOf('@') >= 0) {
            throw invalid("an address with a user name or password is not accepted");
        }
        String host = uri.getHost();
        if (host == null || host.isEmpty()) {
            throw invalid("the address names no host");
        }
        String name = canonical(host);
        if (!isAllowed(name)) {
            throw denied("The host [" + name + "] may not be fetched from: " + KEY + " does not name it.");
        }
        InetAddress literal = literal(name);
        if (literal != null && !privateAllowed && !PublicAddresses.isPublic(literal)) {
            throw denied(notPublic(name, literal));
        }
        return withoutFragment(uri);
    }

    /** @throws ForebayException PERMISSION_DENIED */
    void bucket(String bucket) {
        if (!buckets.contains(bucket)) {
            throw denied("The bucket [" + bucket + "] may not be fetched from: " + KEY
                    + " does not name s3://" + bucket + ".");
        }
    }

    private boolean isAllowed(String name) {
        if (names.contains(name)) {
            return true;
        }
        for (int dot = name.indexOf('.'); dot >= 0; dot = name.indexOf('.', dot + 1)) {
            if (domains.contains(name.substring(dot))) {
                return true;
            }
        }
        return false;
    }

    /** All addresses of an allowed host; one that is not public makes all of them suspect. */
    InetAddress[] resolve(String host) throws UnknownHostException {
        InetAddress[] addresses = lookup.resolve(host);
        if (!privateAllowed) {
            for (InetAddress address : addresses) {
                if (!PublicAddresses.isPublic(address)) {
                    throw new ForbiddenAddressException(notPublic(host, address));
                }
            }
        }
        return addresses;
    }

    private static String notPublic(String host, InetAddress address) {
        return "The host [" + host + "] stands for " + address.getHostAddress()
                + ", which is not a public address; " + KEY + " allows such ones only where"
                + " imports.allow_private_hosts is set.";
    }

    /** Null when the name is to be looked up. */
    private static @Nullable InetAddress literal(String name) {
        try {
            return InetAddress.ofLiteral(name);
        } catch (IllegalArgumentException e) {
            try {
                // Octal and hexadecimal forms, as C libraries read them.
                return Inet4Address.ofPosixLiteral(name);
            } catch (IllegalArgumentException none) {
                return null;
            }
        }
    }

    private static URI withoutFragment(URI uri) {
        String text = uri.toString();
        int fragment = text.indexOf('#');
        return fragment < 0 ? uri : URI.create(text.substring(0, fragment));
    }

    /** Lower case, no brackets around IPv6, no dot at the end. */
    private static String canonical(String host) {
        String name = host.strip().toLowerCase(Locale.ROOT);
        if (name.startsWith("[") && name.endsWith("]")) {
            name = name.substring(1, name.length() - 1);
        }
        return name.endsWith(".") ? name.substring(0, name.length() - 1) : name;
    }

    /** For messages: queries may hold secrets. */
    static String shown(URI uri) {
        String path = uri.getRawPath();
        return uri.getScheme() + "://" + uri.getRawAuthority() + (path == null ? "" : path);
    }

    private static ForebayException invalid(String what) {
        return ForebayException.invalid("This cannot be fetched: " + what + ".");
    }

    private static ForebayException denied(String message) {
        return new ForebayException(ErrorCode.PERMISSION_DENIED, message);
    }
}
