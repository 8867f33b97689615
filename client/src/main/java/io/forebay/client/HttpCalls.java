package io.forebay.client;

import io.forebay.client.AttemptFailure.Kind;
import io.forebay.model.ErrorCode;
import io.forebay.model.ForebayException;
import io.forebay.model.ReadPosition;
import java.io.IOException;
import java.io.InputStream;
import java.net.ConnectException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpConnectTimeoutException;
import java.net.http.HttpHeaders;
import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.net.http.HttpTimeoutException;
import java.time.Duration;
import java.util.OptionalLong;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.RejectedExecutionException;
import org.jspecify.annotations.Nullable;

/**
 * Sends requests over HTTP and turns what comes back into answers or exceptions, one attempt each.
 *
 * <p>Threads: any number may send; answers are parsed on the client's workers.
 */
final class HttpCalls {
    static final String SEQ_ID_HEADER = "Forebay-Seq-Id";
    static final String MIN_SEQ_ID_HEADER = "Forebay-Min-Seq-Id";
    static final String APPLIED_HEADER = "Forebay-Applied-Seq-Id";
    static final String LINKED_HEADER = "Forebay-Linked-Seq-Id";
    static final String TIMEOUT_HEADER = "Forebay-Timeout-Millis";
    static final String DURABILITY_HEADER = "Forebay-Durability";
    static final String IDEMPOTENCY_KEY_HEADER = "Idempotency-Key";
    static final String REPLAYED_HEADER = "Forebay-Replayed";
    private static final String TOKEN_HEADER = "x-chroma-token";

    private final HttpClient http;
    private final ClientThreads threads;
    private final String base;
    private final @Nullable String token;
    private final Duration requestTimeout;

    HttpCalls(ForebayClient.Builder settings, ClientThreads threads) {
        String text = settings.baseUri.toString();
        base = text.endsWith("/") ? text.substring(0, text.length() - 1) : text;
        token = settings.token;
        requestTimeout = settings.requestTimeout;
        this.threads = threads;
        HttpClient.Builder builder = HttpClient.newBuilder().version(HttpClient.Version.HTTP_1_1)
                .connectTimeout(settings.connectTimeout).executor(threads.workers());
        if (settings.sslContext != null) {
            builder.sslContext(settings.sslContext);
        }
        http = builder.build();
    }

    CompletableFuture<Answer> send(Call call) {
        if (threads.isClosed()) {
            return CompletableFuture.failedFuture(AttemptFailure.closed());
        }
        HttpRequest.Builder request = request(call);
        if (call.isTimed()) {
            request.timeout(requestTimeout);
        }
        try {
            return http.sendAsync(request.build(), BodyHandlers.ofByteArray())
                    .handle((response, failure) -> {
                        if (failure != null) {
                            throw broken(call.path(), Waiting.cause(failure));
                        }
                        return answer(call.path(), response.statusCode(), response.headers(),
                                response.body());
                    });
        } catch (RejectedExecutionException closedMeanwhile) {
            return CompletableFuture.failedFuture(AttemptFailure.closed());
        }
    }

    /** An answer without an end. Waits for its head. */
    InputStream stream(String path, String accept) {
        HttpRequest request = request(Call.get(path)).header("Accept", accept).build();
        try {
            HttpResponse<InputStream> response = Waiting
                    .onAttempt(http.sendAsync(request, BodyHandlers.ofInputStream())
                            .handle((head, failure) -> {
                                if (failure != null) {
                                    throw broken(path, Waiting.cause(failure));
                                }
                                return head;
                            }));
            if (response.statusCode() == 200) {
                return response.body();
            }
            try (InputStream body = response.body()) {
                throw failure(path, response.statusCode(), response.headers(), body.readAllBytes());
            }
        } catch (IOException | RejectedExecutionException e) {
            throw broken(path, e);
        }
    }

    private HttpRequest.Builder request(Call call) {
        HttpRequest.Builder request = HttpRequest.newBuilder(URI.create(base + call.path()));
        if (token != null) {
            request.header(TOKEN_HEADER, token);
        }
        call.headers().forEach(request::header);
        Body body = call.body();
        if (body == null) {
            return request.method(call.method(), BodyPublishers.noBody());
        }
        return request.header("Content-Type", "application/json").method(call.method(),
                BodyPublishers.ofByteArray(body.bytes(), 0, body.length()));
    }

    private static Answer answer(String path, int status, HttpHeaders headers, byte[] body) {
        if (status < 200 || status >= 300) {
            throw failure(path, status, headers, body);
        }
        OptionalLong applied = headers.firstValueAsLong(APPLIED_HEADER);
        ReadPosition position = applied.isEmpty()
                ? null
                : new ReadPosition(applied.getAsLong(), headers.firstValueAsLong(LINKED_HEADER).orElse(0));
        return new Answer(path, body, headers.firstValueAsLong(SEQ_ID_HEADER).orElse(Written.NO_SEQ_ID),
                headers.firstValue(REPLAYED_HEADER).isPresent(), position);
    }

    private static RuntimeException failure(String path, int status, HttpHeaders headers, byte[] body) {
        return ErrorAnswers.failure(path, status, body, headers.firstValue("Retry-After").orElse(null));
    }

    private RuntimeException broken(String path, Throwable cause) {
        ForebayException distrust = AttemptFailure.distrust(base, cause);
        if (distrust != null) {
            return distrust;
        }
        if (cause instanceof ConnectException || cause instanceof HttpConnectTimeoutException) {
            return AttemptFailure.unsent("cannot connect to " + base + ": is the server running?", cause);
        }
        if (cause instanceof HttpTimeoutException) {
            return new AttemptFailure(Kind.TIMED_OUT, new ForebayException(ErrorCode.DEADLINE_EXCEEDED,
                    "no answer from " + base + path + " within " + requestTimeout.toMillis() + " ms", cause),
                    null);
        }
        if (threads.isClosed() || cause instanceof RejectedExecutionException) {
            return AttemptFailure.closed();
        }
        if (cause instanceof IOException) {
            return AttemptFailure.lost("the connection to " + base + " broke during " + path + ": "
                    + cause.getMessage(), cause);
        }
        return new ForebayException(ErrorCode.INTERNAL, "the client failed at " + path + ": " + cause, cause);
    }
}
