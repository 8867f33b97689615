package io.forebay.server.migrate;

import com.fasterxml.jackson.core.io.JsonStringEncoder;
import io.forebay.client.ForebayClient;
import io.forebay.model.ErrorCode;
import io.forebay.model.ForebayException;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;

/** Small things that both sides of a migration need of the client. */
final class Calls {
    private Calls() {}

    static <T> T waited(CompletableFuture<T> future) {
        try {
            return future.join();
        } catch (CompletionException e) {
            if (e.getCause() instanceof ForebayException known) {
                throw known.again();
            }
            throw e;
        }
    }

    /** Whether it has a route that only we have, whatever it answers there. */
    static boolean isForebay(ForebayClient client) {
        try {
            waited(client.callAsync("GET", "/healthz", null, false));
            return true;
        } catch (ForebayException e) {
            return e.code() != ErrorCode.NOT_FOUND;
        }
    }

    /** Fails when the server does not take the token, or wants one. */
    static void checkToken(ForebayClient client) {
        try {
            waited(client.callAsync("GET", "/api/v2/auth/identity", null, false));
        } catch (ForebayException e) {
            if (e.code() == ErrorCode.UNAUTHENTICATED) {
                throw e;
            }
            // Who has no such route asks nobody who he is.
        }
    }

    static String quoted(String text) {
        return "\"" + new String(JsonStringEncoder.getInstance().quoteAsString(text)) + "\"";
    }

    /** @param rest what follows the ids, with the closing brace */
    static String idsBody(List<String> ids, String rest) {
        JsonStringEncoder encoder = JsonStringEncoder.getInstance();
        StringBuilder body = new StringBuilder(ids.size() * 24).append("{\"ids\":[");
        for (int i = 0; i < ids.size(); i++) {
            body.append(i == 0 ? "\"" : ",\"");
            encoder.quoteAsString(ids.get(i), body);
            body.append('"');
        }
        return body.append(']').append(rest).toString();
    }
}
