package io.forebay.server.http.route;

import io.forebay.engine.backup.BackupState;
import io.forebay.server.http.json.BackupEncoder;
import io.netty.handler.codec.http.HttpMethod;
import java.util.List;

/** Backups of the whole store: making, looking at, verifying and deleting them. Where they are is not a client's to say. */
final class BackupRoutes {
    private static final String ALL = "/api/forebay/backups";
    private static final String ONE = ALL + "/{backup_id}";

    private final BackupApi api;

    BackupRoutes(BackupApi api) {
        this.api = api;
    }

    void addTo(List<Route> routes) {
        routes.add(Api.get(ALL, request -> api.answer(backups -> {
            List<BackupState> all = backups.list();
            return Response.json(200, out -> BackupEncoder.list(out, all));
        })).needs(Access.ADMIN_SERVER));
        routes.add(Api.of(HttpMethod.POST, ALL, false,
                request -> api.answer(backups -> accepted(backups.create()))).needs(Access.ADMIN_SERVER)
                .audited("backup.create"));
        routes.add(Api.get(ONE, request -> api.answer(
                backups -> one(200, backups.state(request.variable("backup_id")))))
                .needs(Access.ADMIN_SERVER));
        routes.add(Api.of(HttpMethod.DELETE, ONE, false, request -> api.answer(backups -> {
            backups.delete(request.variable("backup_id"));
            return Response.ok();
        })).needs(Access.ADMIN_SERVER).audited("backup.delete"));
        routes.add(Api.of(HttpMethod.POST, ONE + "/verify", false, request -> api.answer(
                backups -> accepted(backups.verify(request.variable("backup_id")))))
                .needs(Access.ADMIN_SERVER));
    }

    private static Response one(int status, BackupState state) {
        return Response.json(status, out -> BackupEncoder.write(out, state));
    }

    private static Response accepted(BackupState state) {
        return one(202, state).with("Location", ALL + "/" + state.id());
    }
}
