package io.forebay.server.http;

import io.forebay.engine.Forebay;
import io.forebay.model.CollectionInfo;
import io.forebay.model.Database;
import io.forebay.model.ErrorCode;
import io.forebay.model.ForebayException;
import io.forebay.server.auth.Authentication;
import io.forebay.server.auth.Credentials;
import io.forebay.server.auth.Limits;
import io.forebay.server.auth.Principal;
import io.forebay.server.auth.Role;
import io.forebay.server.http.route.Access;
import io.forebay.server.http.route.Api;
import io.forebay.server.http.route.Route;
import io.netty.handler.codec.http.HttpHeaderNames;
import io.netty.handler.codec.http.HttpHeaders;
import java.util.Map;
import java.util.UUID;
import org.jspecify.annotations.Nullable;

/**
 * Lets a request in or not, as soon as its head is there.
 *
 * <p>Invariants: what a token may not see is refused by what the request says, before anything is looked for, so a
 * refusal does not tell what exists. Only the database of a collection that is named by its id must be looked up; one
 * that lies elsewhere is answered as one that does not exist, before the body is read in both cases.
 *
 * <p>Threads: any number; nothing waits (the catalog is in memory).
 */
public final class Guard {
    private static final String RESOURCE_NAME = "crn";
    private static final String TOKEN_HEADER = "x-chroma-token";

    private final Authentication authentication;
    private final Forebay engine;

    Guard(Authentication authentication, Forebay engine) {
        this.authentication = authentication;
        this.engine = engine;
    }

    /**
     * Who asks, whether he may or not.
     *
     * @throws ForebayException UNAUTHENTICATED
     */
    Principal identify(Route route, HttpHeaders headers) {
        return route.access().isOpen() ? visitor(headers) : authentication.identify(presented(headers));
    }

    /**
     * Whether he may.
     *
     * @param variables of the path, decoded
     * @throws ForebayException PERMISSION_DENIED, or NOT_FOUND for a collection that is not in what the token allows
     */
    public void admit(Principal who, Route route, Map<String, String> variables) {
        Role need = route.access().role();
        if (need != null) {
            check(who, need, route, variables);
        }
    }

    private void check(Principal who, Role need, Route route, Map<String, String> variables) {
        checkRole(who, need);
        if (!who.limits().allowEverything()) {
            checkLimits(who, route.access().scope(), variables);
        }
    }

    /**
     * What concerns a collection and is no route.
     *
     * @throws ForebayException PERMISSION_DENIED, or NOT_FOUND for a collection that is not in what the token allows
     */
    public void admit(Principal who, Role need, UUID collection) {
        checkRole(who, need);
        if (!who.limits().allowEverything()) {
            checkCollection(who.limits(), Map.of("collection", collection.toString()));
        }
    }

    /** @throws ForebayException UNAUTHENTICATED */
    public Principal identify(@Nullable String token) {
        return authentication.identify(token);
    }

    private static void checkRole(Principal who, Role need) {
        if (!who.role().covers(need)) {
            throw forbidden("Token '" + who.id() + "' has the role " + who.role().text() + ", this takes "
                    + need.text());
        }
    }

    public boolean isStillValid(Principal who) {
        return authentication.isStillValid(who);
    }

    /** At an open route a token that is wrong does no harm, and one that is right may show more. */
    Principal visitor(HttpHeaders headers) {
        String presented = presented(headers);
        if (presented == null && authentication.isOn()) {
            return Principal.STRANGER;
        }
        try {
            return authentication.identify(presented);
        } catch (ForebayException unknown) {
            return Principal.STRANGER;
        }
    }

    private static @Nullable String presented(HttpHeaders headers) {
        return Credentials.token(headers.get(TOKEN_HEADER), headers.get(HttpHeaderNames.AUTHORIZATION));
    }

    private void checkLimits(Principal who, Access.Scope scope, Map<String, String> variables) {
        boolean inside = switch (scope) {
            case HANDLER -> true;
            case SERVER -> false;
            case DEFAULT_DATABASE -> who.limits().allow(Database.DEFAULT_TENANT, Database.DEFAULT_DATABASE);
            case PATH -> allowsPath(who.limits(), variables);
        };
        if (!inside) {
            throw forbidden("Token '" + who.id() + "' is limited to other tenants or databases");
        }
        if (scope != Access.Scope.HANDLER) {
            checkCollection(who.limits(), variables);
        }
    }

    private static boolean allowsPath(Limits limits, Map<String, String> variables) {
        String tenant = variables.get("tenant");
        String database = variables.get("database");
        if (tenant == null) {
            return variables.containsKey(RESOURCE_NAME);
        }
        return database == null ? limits.allow(tenant) : limits.allow(tenant, database);
    }

    /** One message for both, and at the same moment: it must not tell that there is such a collection. */
    private void checkCollection(Limits limits, Map<String, String> variables) {
        UUID id = Api.idOf(variables.get("collection"));
        String resourceName = variables.get(RESOURCE_NAME);
        CollectionInfo found = null;
        try {
            if (id != null) {
                found = engine.collection(id);
            } else if (resourceName != null) {
                found = engine.collectionByResourceName(resourceName);
            } else {
                return;
            }
        } catch (ForebayException refused) {
            if (refused.code() != ErrorCode.NOT_FOUND) {
                return; // not a name at all, which the handler says better
            }
        }
        if (found == null || !limits.allow(found.tenant(), found.database())) {
            throw ForebayException.notFound(
                    "Collection [" + (id == null ? resourceName : id) + "] does not exist.");
        }
    }

    private static ForebayException forbidden(String message) {
        return new ForebayException(ErrorCode.PERMISSION_DENIED, message);
    }
}
