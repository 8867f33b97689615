package io.forebay.server.http.route;

import io.forebay.model.ErrorCode;
import io.forebay.model.ForebayException;
import io.netty.handler.codec.http.HttpMethod;
import java.util.List;

/** Routes of the contract that are not built yet. They say so, with the status and the words of Chroma's single node. */
final class LaterRoutes {
    private LaterRoutes() {}

    static void addTo(List<Route> routes) {
        String c = Api.COLLECTION;
        add(routes, Access.WRITE, HttpMethod.POST, c + "/functions/attach", "Functions are not supported");
        add(routes, Access.WRITE, HttpMethod.POST, c + "/attached_functions/{name}/detach",
                "Functions are not supported");
        add(routes, Access.READ, HttpMethod.POST, c + "/conditional/get", "Transactions are not supported");
        add(routes, Access.WRITE, HttpMethod.POST, c + "/conditional/commit",
                "Transactions are not supported");
        routes.add(Api.get(c + "/functions/{name}", r -> {
            throw ForebayException.notFound("Function [" + r.variable("name") + "] not found");
        }).needs(Access.READ));
    }

    private static void add(List<Route> routes, Access access, HttpMethod method, String template,
            String message) {
        routes.add(Api.of(method, template, false, r -> {
            throw new ForebayException(ErrorCode.UNIMPLEMENTED, message);
        }).needs(access));
    }
}
