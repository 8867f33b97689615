package io.forebay.server.http.route;

import com.fasterxml.jackson.core.JsonGenerator;
import io.forebay.engine.Forebay;
import io.forebay.model.Database;
import io.forebay.model.ErrorCode;
import io.forebay.model.ForebayException;
import io.forebay.server.http.json.NameDecoder;
import io.netty.handler.codec.http.HttpMethod;
import java.io.IOException;
import java.util.List;
import java.util.concurrent.CompletableFuture;

/** Tenants and their databases. As in Chroma a database may be made in a tenant that was not. */
final class TenantRoutes {
    private static final String TENANTS = "/api/v2/tenants";
    private static final String TENANT = TENANTS + "/{tenant}";

    private static final int NAME_LENGTH_MAX = 512;

    private final Forebay engine;

    TenantRoutes(Forebay engine) {
        this.engine = engine;
    }

    void addTo(List<Route> routes) {
        routes.add(Api.post(TENANTS, this::createTenant).needs(Access.ADMIN_CHECKED)
                .audited("tenant.create"));
        routes.add(Api.get(TENANT, this::tenant).needs(Access.READ));
        routes.add(Api.of(HttpMethod.PATCH, TENANT, true, this::updateTenant).needs(Access.ADMIN_SERVER)
                .audited("tenant.change"));
        routes.add(Api.post(Api.DATABASES, this::createDatabase).needs(Access.ADMIN)
                .audited("database.create"));
        routes.add(Api.get(Api.DATABASES, this::databases).needs(Access.READ));
        routes.add(Api.get(Api.DATABASE, this::database).needs(Access.READ));
        routes.add(Api.of(HttpMethod.DELETE, Api.DATABASE, false, this::deleteDatabase)
                .needs(Access.ADMIN).audited("database.drop"));
    }

    private CompletableFuture<Response> createTenant(Request request) {
        String name = request.json(NameDecoder::name);
        request.notes().put("name", name);
        checkLength(name);
        if (!request.who().limits().allow(name)) {
            throw forbidden();
        }
        return engine.createTenant(name).thenApply(done -> Response.ok());
    }

    /** Chroma has no bound here; names are kept in memory. */
    private static void checkLength(String name) {
        if (name.length() > NAME_LENGTH_MAX) {
            throw ForebayException.invalid("Validation error: name: " + name.length()
                    + " characters, more than " + NAME_LENGTH_MAX + " (limit tenant.name_length)");
        }
    }

    private CompletableFuture<Response> tenant(Request request) {
        String name = request.variable("tenant");
        if (!engine.tenantExists(name)) {
            throw ForebayException.notFound("Tenant [" + name + "] not found");
        }
        return CompletableFuture.completedFuture(Response.json(200, out -> {
            out.writeStartObject();
            out.writeStringField("name", name);
            out.writeStringField("resource_name", engine.resourceName(name));
            out.writeEndObject();
        }));
    }

    private CompletableFuture<Response> updateTenant(Request request) {
        String resourceName = request.json(NameDecoder::resourceName);
        checkLength(resourceName);
        return resourceName.isEmpty()
                ? CompletableFuture.completedFuture(Response.ok())
                : engine.updateTenant(request.variable("tenant"), resourceName)
                        .thenApply(done -> Response.ok());
    }

    private CompletableFuture<Response> createDatabase(Request request) {
        String name = request.json(NameDecoder::name);
        request.notes().put("name", name);
        if (!request.who().limits().allow(request.variable("tenant"), name)) {
            throw forbidden();
        }
        return engine.createDatabase(request.variable("tenant"), name).thenApply(done -> Response.ok());
    }

    private CompletableFuture<Response> databases(Request request) {
        QueryParams params = request.params();
        Integer offset = params.u32("offset");
        Integer limit = params.u32("limit");
        List<Database> databases = engine.databases(request.variable("tenant"), null, 0).stream()
                .filter(database -> request.who().limits().allow(database.tenant(), database.name()))
                .skip(offset == null ? 0 : offset).limit(limit == null ? Long.MAX_VALUE : limit).toList();
        return CompletableFuture.completedFuture(Response.json(200, out -> {
            out.writeStartArray();
            for (Database database : databases) {
                write(out, database);
            }
            out.writeEndArray();
        }));
    }

    private CompletableFuture<Response> database(Request request) {
        Database database = engine.database(request.variable("tenant"), request.variable("database"));
        return CompletableFuture.completedFuture(Response.json(200, out -> write(out, database)));
    }

    private CompletableFuture<Response> deleteDatabase(Request request) {
        return engine.deleteDatabase(request.variable("tenant"), request.variable("database"))
                .thenApply(done -> Response.ok());
    }

    /** What the body names is known only here. */
    private static ForebayException forbidden() {
        return new ForebayException(ErrorCode.PERMISSION_DENIED,
                "The token is limited to other tenants or databases");
    }

    private static void write(JsonGenerator out, Database database) throws IOException {
        out.writeStartObject();
        out.writeStringField("id", database.id().toString());
        out.writeStringField("name", database.name());
        out.writeStringField("tenant", database.tenant());
        out.writeEndObject();
    }
}
