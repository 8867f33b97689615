package io.forebay.server.http.route;

import io.forebay.model.ErrorCode;
import io.forebay.model.ForebayException;
import io.netty.handler.codec.http.HttpMethod;
import java.util.List;
import java.util.concurrent.CompletableFuture;

/** Routes of the contract that are not built yet. They say so, with the status and the words of Chroma's single node. */
final class LaterRoutes {
    private static final String FUNCTIONS = "Attached functions are not supported";

    private LaterRoutes() {}

    static void addTo(List<Route> routes) {
        String c = Api.COLLECTION;
        add(routes, Access.WRITE, HttpMethod.POST, c + "/functions/attach", FUNCTIONS);
        add(routes, Access.WRITE, HttpMethod.POST, c + "/attached_functions/{name}/detach", FUNCTIONS);
        routes.add(Api.of(HttpMethod.POST, c + "/conditional/get", false, LaterRoutes::noTransactions)
                .needs(Access.READ));
        routes.add(Api.of(HttpMethod.POST, c + "/conditional/commit", false, LaterRoutes::noTransactions)
                .needs(Access.WRITE));
        routes.add(Api.get(c + "/functions/{name}", r -> {
            throw ForebayException.notFound("Attached function not found");
        }).needs(Access.READ));
    }

    private static CompletableFuture<Response> noTransactions(Request request) {
        return CompletableFuture.completedFuture(ErrorAnswers.error(501, "TransactionsNotSupported",
                "Transactions are not supported"));
    }

    private static void add(List<Route> routes, Access access, HttpMethod method, String template,
            String message) {
        routes.add(Api.of(method, template, false, r -> {
            throw new ForebayException(ErrorCode.UNIMPLEMENTED, message);
        }).needs(access));
    }
}
