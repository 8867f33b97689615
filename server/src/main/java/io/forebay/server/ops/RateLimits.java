package io.forebay.server.ops;

import io.forebay.model.ForebayException;
import io.forebay.server.auth.Principal;
import io.forebay.server.auth.Rates;
import io.netty.util.NetUtil;
import java.util.HexFormat;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicLong;
import java.util.function.LongSupplier;
import org.jspecify.annotations.Nullable;

/**
 * How much one client may ask for: requests a second, and bytes of bodies a second, per token, or per address where a
 * token is not needed or wrong. A token's own rates go before the server's.
 *
 * <p>Who has none left is refused before his body is read; a body that is larger than what is left passes and is made
 * up for.
 *
 * <p>Threads: any; no lock but the map's own.
 *
 * <p>Invariants: at most {@link #ADDRESSES_MAX} addresses are known apart. When there are more at the same time, those
 * who come last share one rate: a flood from many addresses costs no memory, and no token anything. Of IPv6 the first
 * 64 bits are an address, because one client has all that begin with them.
 */
public final class RateLimits {
    static final int ADDRESSES_MAX = 10_000;
    /** No address. */
    private static final String OTHERS = "#others";
    private static final int IPV6_BYTES = 16;
    private static final double NANOS = 1e9;
    private static final int WAIT_SECONDS_MAX = 60;

    private final Rates common;
    private final LongSupplier clock;
    /** By id; as many as the file of tokens has. */
    private final Map<String, Client> tokens = new ConcurrentHashMap<>();
    private final Map<String, Client> addresses = new ConcurrentHashMap<>();
    private final AtomicLong sweptNanos;
    private final AtomicLong refusedRequests = new AtomicLong();
    private final AtomicLong refusedBytes = new AtomicLong();

    private record Client(Pace requests, Pace bytes) {}

    /** @param common of every token and address that has none of its own */
    public RateLimits(Rates common) {
        this(common, System::nanoTime);
    }

    RateLimits(Rates common, LongSupplier clock) {
        this.common = common;
        this.clock = clock;
        this.sweptNanos = new AtomicLong(clock.getAsLong());
    }

    /** @throws ForebayException BACKOFF, naming the limit */
    public void admit(Principal who, String address) {
        Rates rates = of(who);
        if (rates.isUnlimited()) {
            return;
        }
        long now = clock.getAsLong();
        Client client = client(who, address, now);
        if (rates.bytesPerSecond() > 0) {
            long wait = client.bytes().waitNanos(now);
            if (wait > 0) {
                refusedBytes.incrementAndGet();
                throw refusal("bytes_per_second", rates.bytesPerSecond(), who, wait);
            }
        }
        if (rates.requestsPerSecond() > 0) {
            long wait = client.requests().takeOne(rates.requestsPerSecond(), now);
            if (wait > 0) {
                refusedRequests.incrementAndGet();
                throw refusal("requests_per_second", rates.requestsPerSecond(), who, wait);
            }
        }
    }

    /** What came with a request that was admitted. */
    public void received(Principal who, String address, long bytes) {
        Rates rates = of(who);
        if (rates.bytesPerSecond() > 0 && bytes > 0) {
            long now = clock.getAsLong();
            client(who, address, now).bytes().charge(bytes, rates.bytesPerSecond(), now);
        }
    }

    private Rates of(Principal who) {
        return who.rates().orElse(common);
    }

    private Client client(Principal who, String address, long now) {
        Map<String, Client> clients = who.id().isEmpty() ? addresses : tokens;
        String name = who.id().isEmpty() ? network(address) : who.id();
        Client known = clients.get(name);
        if (known != null) {
            return known;
        }
        if (clients.size() >= ADDRESSES_MAX) {
            sweep(clients, now);
        }
        boolean isOther = clients == addresses && clients.size() >= ADDRESSES_MAX;
        return clients.computeIfAbsent(isOther ? OTHERS : name,
                k -> new Client(new Pace(now), new Pace(now)));
    }

    /** What is told apart: an address of IPv4, or what an address of IPv6 has in common with others of its client. */
    private static String network(String address) {
        byte[] bytes = address.indexOf(':') < 0 ? null : NetUtil.createByteArrayFromIpAddressString(address);
        return bytes == null || bytes.length != IPV6_BYTES
                ? address
                : HexFormat.of().formatHex(bytes, 0, IPV6_BYTES / 2) + "/64";
    }

    /** Forgets those who owe nothing; at most once a second, because it looks at all. */
    private void sweep(Map<String, Client> clients, long now) {
        long last = sweptNanos.get();
        if (now - last >= TimeUnit.SECONDS.toNanos(1) && sweptNanos.compareAndSet(last, now)) {
            clients.values().removeIf(c -> c.requests().isFull(now) && c.bytes().isFull(now));
        }
    }

    private static ForebayException refusal(String limit, long perSecond, Principal who, long waitNanos) {
        int seconds = (int) Math.min(WAIT_SECONDS_MAX, Math.ceil(waitNanos / NANOS));
        return ForebayException.backoff(limit,
                (who.id().isEmpty() ? "This address" : "Token '" + who.id() + "'")
                        + " is over its limit " + limit + " (" + perSecond + "): backoff and try again",
                Math.max(1, seconds));
    }

    int addresses() {
        return addresses.size();
    }

    /** @param limit null for both */
    public long refused(@Nullable String limit) {
        long requests = "bytes_per_second".equals(limit) ? 0 : refusedRequests.get();
        return requests + ("requests_per_second".equals(limit) ? 0 : refusedBytes.get());
    }
}
