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
        add(routes, HttpMethod.POST, c + "/search", "Error executing plan: Not implemented: Search operation"
                + " is not implemented for local executor");
        add(routes, HttpMethod.POST, c + "/fork", "Collection forking is unsupported for local chroma");
        add(routes, HttpMethod.GET, c + "/fork_count", "Count forks is unsupported for local chroma");
        add(routes, HttpMethod.POST, c + "/functions/attach", FUNCTIONS);
        add(routes, HttpMethod.POST, c + "/attached_functions/{name}/detach", FUNCTIONS);
        for (String step : List.of("get", "commit")) {
            routes.add(Api.of(HttpMethod.POST, c + "/conditional/" + step, false,
                    r -> CompletableFuture.completedFuture(ErrorAnswers.error(501,
                            "TransactionsNotSupported", "Transactions are not supported"))));
        }
        add(routes, HttpMethod.GET, "/api/v2/collections/{crn}",
                "Finding a collection by its resource name is not supported yet");
        add(routes, HttpMethod.GET, "/docs", "The interactive documentation is not built yet");
        add(routes, HttpMethod.GET, "/openapi.json", "The OpenAPI document is not built yet");
        routes.add(Api.get(c + "/functions/{name}", r -> {
            throw ForebayException.notFound("Attached function not found");
        }));
    }

    private static void add(List<Route> routes, HttpMethod method, String template, String message) {
        routes.add(Api.of(method, template, false, r -> {
            throw new ForebayException(ErrorCode.UNIMPLEMENTED, message);
        }));
    }
}
