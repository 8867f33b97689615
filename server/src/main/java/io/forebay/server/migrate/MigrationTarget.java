package io.forebay.server.migrate;

import io.forebay.client.CollectionClient;
import io.forebay.client.ForebayClient;
import io.forebay.model.ErrorCode;
import io.forebay.model.ForebayException;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import org.jspecify.annotations.Nullable;

/**
 * The Forebay server to copy to, over HTTP or the binary protocol.
 *
 * <p>Threads: any number.
 *
 * <p>Failure: {@link ForebayException}; what passes is tried again by the client, each write under a key of its own, so that
 * none is done twice.
 */
public final class MigrationTarget implements AutoCloseable {
    private final ServerAddress address;
    private final ForebayClient client;
    private final Map<Place, ForebayClient> clients = new ConcurrentHashMap<>();

    private MigrationTarget(ServerAddress address) {
        this.address = address;
        try (ForebayClient probe = address.impatient()) {
            probe.heartbeat();
            if (!Calls.isForebay(probe)) {
                throw ForebayException.invalid("the server at " + address.uri() + " is no Forebay");
            }
            Calls.checkToken(probe);
        }
        client = address.patient().build();
    }

    public static MigrationTarget connect(ServerAddress address) {
        return new MigrationTarget(address);
    }

    public String about() {
        return "Forebay at " + address.uri();
    }

    private ForebayClient in(Place place) {
        return clients.computeIfAbsent(place,
                one -> address.patient().tenant(one.tenant()).database(one.database()).build());
    }

    /** Null when there is none of that name. */
    public @Nullable CollectionClient find(Place place, String name) {
        try {
            return in(place).collection(name);
        } catch (ForebayException e) {
            if (e.code() == ErrorCode.NOT_FOUND) {
                return null;
            }
            throw e;
        }
    }

    /** Makes the tenant and the database where they are missing; a token with limits must find them there. */
    public void prepare(Place place) {
        String databases = "/api/v2/tenants/" + ServerSource.segment(place.tenant()) + "/databases";
        try {
            Calls.waited(client.callAsync("GET", databases + "/" + ServerSource.segment(place.database()),
                    null, true));
            return;
        } catch (ForebayException e) {
            if (e.code() != ErrorCode.NOT_FOUND) {
                throw e;
            }
        }
        makeUnlessThere("/api/v2/tenants", place.tenant());
        makeUnlessThere(databases, place.database());
    }

    private void makeUnlessThere(String path, String name) {
        try {
            Calls.waited(client.callAsync("POST", path, "{\"name\":" + Calls.quoted(name) + "}", false));
        } catch (ForebayException e) {
            if (e.code() != ErrorCode.ALREADY_EXISTS) {
                throw e;
            }
        }
    }

    /** With the configuration of the source's. */
    public CollectionClient create(SourceCollection source, String name) {
        return Calls.waited(in(source.place()).createCollectionAsync(name, source.metadata(),
                source.config(), false));
    }

    @Override
    public void close() {
        clients.values().forEach(ForebayClient::close);
        client.close();
    }
}
