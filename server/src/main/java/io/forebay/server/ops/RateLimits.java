package io.forebay.server.ops;

import io.forebay.model.ForebayException;
import io.forebay.server.auth.Principal;
import io.forebay.server.auth.Rates;
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
 * <p>Invariants: at most {@link #CLIENTS_MAX} clients are known apart. When there are more at the same time, those who
 * come last share one rate: a flood from many addresses costs no memory.
 */
public final class RateLimits {
    static final int CLIENTS_MAX = 10_000;
    /** No client's name: it is neither a token's id nor an address. */
    private static final String OTHERS = "others";
    private static final double NANOS = 1e9;
    private static final int WAIT_SECONDS_MAX = 60;

    private final Rates common;
    private final LongSupplier clock;
    private final Map<String, Client> clients = new ConcurrentHashMap<>();
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
        Client client = client(name(who, address), now);
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
            client(name(who, address), now).bytes().charge(bytes, rates.bytesPerSecond(), now);
        }
    }

    private Rates of(Principal who) {
        return who.rates().orElse(common);
    }

    private static String name(Principal who, String address) {
        return who.id().isEmpty() ? "@" + address : who.id();
    }

    private Client client(String name, long now) {
        Client known = clients.get(name);
        if (known != null) {
            return known;
        }
        if (clients.size() >= CLIENTS_MAX) {
            sweep(now);
        }
        String key = clients.size() >= CLIENTS_MAX ? OTHERS : name;
        return clients.computeIfAbsent(key, k -> new Client(new Pace(now), new Pace(now)));
    }

    /** Forgets those who owe nothing; at most once a second, because it looks at all. */
    private void sweep(long now) {
        long last = sweptNanos.get();
        if (now - last >= TimeUnit.SECONDS.toNanos(1) && sweptNanos.compareAndSet(last, now)) {
            clients.values().removeIf(c -> c.requests().isFull(now) && c.bytes().isFull(now));
        }
    }

    private static ForebayException refusal(String limit, long perSecond, Principal who, long waitNanos) {
        int seconds = (int) Math.min(WAIT_SECONDS_MAX, Math.ceil(waitNanos / NANOS));
        return ForebayException.backoff(limit, (who.id().isEmpty() ? "This address" : "Token '" + who.id() + "'")
                + " is over its limit " + limit + " (" + perSecond + "): backoff and try again",
                Math.max(1, seconds));
    }

    int clients() {
        return clients.size();
    }

    /** @param limit null for both */
    public long refused(@Nullable String limit) {
        long requests = "bytes_per_second".equals(limit) ? 0 : refusedRequests.get();
        return requests + ("requests_per_second".equals(limit) ? 0 : refusedBytes.get());
    }
}
