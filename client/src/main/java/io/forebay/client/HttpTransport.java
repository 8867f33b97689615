package io.forebay.client;

import io.forebay.model.ErrorCode;
import io.forebay.model.ForebayException;
import io.forebay.model.ReadPosition;
import java.io.IOException;
import java.net.ConnectException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.net.http.HttpTimeoutException;
import java.time.Duration;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/**
 * Sends requests and turns what comes back into answers or {@link ForebayException}s.
 *
 * <p>Threads: any number may send; answers are parsed on the client's own threads.
 *
 * <p>Failure: only {@code 429} is tried again, because only then did the server say that nothing happened.
 * A call whose connection broke or that timed out may or may not have taken effect: it fails with
 * UNAVAILABLE or DEADLINE_EXCEEDED, and the caller decides: a write that had an idempotency key is sent
 * again with the same key ({@link WriteSettings}), which never does it twice.
 */
final class HttpTransport {
    static final String SEQ_ID_HEADER = "Forebay-Seq-Id";
    static final String MIN_SEQ_ID_HEADER = "Forebay-Min-Seq-Id";
    static final String APPLIED_HEADER = "Forebay-Applied-Seq-Id";
    static final String LINKED_HEADER = "Forebay-Linked-Seq-Id";
    static final String TIMEOUT_HEADER = "Forebay-Timeout-Millis";
    static final String DURABILITY_HEADER = "Forebay-Durability";
    static final String IDEMPOTENCY_KEY_HEADER = "Idempotency-Key";
    private static final String TOKEN_HEADER = "x-chroma-token";
    private static final String REPLAYED_HEADER = "Forebay-Replayed";
    private static final int TOO_MANY_REQUESTS = 429;
    private static final Duration BACKOFF_DEFAULT = Duration.ofMillis(100);

    private final HttpClient http;
    private final ExecutorService executor;
    private final String base;
    private final @Nullable String token;
    private final Duration requestTimeout;
    private final int backoffAttemptsMax;
    private final Duration backoffMax;

    HttpTransport(ForebayClient.Builder settings) {
        String text = settings.baseUri.toString();
        base = text.endsWith("/") ? text.substring(0, text.length() - 1) : text;
        token = settings.token;
        requestTimeout = settings.requestTimeout;
        backoffAttemptsMax = settings.backoffAttemptsMax;
        backoffMax = settings.backoffMax;
        executor = ClientThreads.executor();
        http = HttpClient.newBuilder().version(HttpClient.Version.HTTP_1_1)
                .connectTimeout(settings.connectTimeout).executor(executor).build();
    }

    CompletableFuture<Answer> send(String method, String route, @Nullable Body body) {
        return send(method, route, body, Map.of());
    }

    CompletableFuture<Answer> send(String method, String route, @Nullable Body body,
            Map<String, String> headers) {
        HttpRequest.Builder request = request(method, route, body).timeout(requestTimeout);
        headers.forEach(request::header);
        return attempt(request.build(), route, 0);
    }

    /** Without a limit on how long the answer takes: for calls that wait by design. */
    CompletableFuture<Answer> sendUntimed(String method, String route, Map<String, String> headers) {
        HttpRequest.Builder request = request(method, route, null);
        headers.forEach(request::header);
        return attempt(request.build(), route, 0);
    }

    void close() {
        executor.shutdown();
    }

    private HttpRequest.Builder request(String method, String route, @Nullable Body body) {
        HttpRequest.Builder request = HttpRequest.newBuilder(URI.create(base + route));
        if (token != null) {
            request.header(TOKEN_HEADER, token);
        }
        if (body == null) {
            return request.method(method, BodyPublishers.noBody());
        }
        return request.header("Content-Type", "application/json").method(method,
                BodyPublishers.ofByteArray(body.bytes(), 0, body.length()));
    }

    private CompletableFuture<Answer> attempt(HttpRequest request, String route, int earlierAttempts) {
        if (executor.isShutdown()) {
            return CompletableFuture.failedFuture(closed(null));
        }
        CompletableFuture<HttpResponse<byte[]>> sent;
        try {
            sent = http.sendAsync(request, BodyHandlers.ofByteArray());
        } catch (RejectedExecutionException closedMeanwhile) {
            return CompletableFuture.failedFuture(closed(closedMeanwhile));
        }
        return sent
                .handle((response, failure) -> failure == null
                        ? settle(request, route, response, earlierAttempts)
                        : CompletableFuture.<Answer>failedFuture(broken(route, failure)))
                .thenCompose(settled -> settled);
    }

    private static ForebayException closed(@Nullable Throwable cause) {
        String message = "this client is closed";
        return cause == null
                ? new ForebayException(ErrorCode.UNAVAILABLE, message)
                : new ForebayException(ErrorCode.UNAVAILABLE, message, cause);
    }

    private CompletableFuture<Answer> settle(HttpRequest request, String route,
            HttpResponse<byte[]> response, int earlierAttempts) {
        int status = response.statusCode();
        if (status >= 200 && status < 300) {
            long seqId = response.headers().firstValueAsLong(SEQ_ID_HEADER).orElse(Written.NO_SEQ_ID);
            boolean replayed = response.headers().firstValue(REPLAYED_HEADER).isPresent();
            return CompletableFuture.completedFuture(
                    new Answer(route, response.body(), seqId, replayed, position(response)));
        }
        if (status == TOO_MANY_REQUESTS && earlierAttempts < backoffAttemptsMax) {
            return later(backoff(response, earlierAttempts),
                    () -> attempt(request, route, earlierAttempts + 1));
        }
        int askedSeconds = asked(response)
                .map(wait -> (int) Math.min(Integer.MAX_VALUE, wait.plusMillis(999).toSeconds())).orElse(0);
        return CompletableFuture
                .failedFuture(ErrorAnswers.exception(route, status, response.body(), askedSeconds));
    }

    private static @Nullable ReadPosition position(HttpResponse<byte[]> response) {
        OptionalLong applied = response.headers().firstValueAsLong(APPLIED_HEADER);
        return applied.isEmpty()
                ? null
                : new ReadPosition(applied.getAsLong(),
                        response.headers().firstValueAsLong(LINKED_HEADER).orElse(0));
    }

    /** What the server asks for; if it does not say, twice as long each time. */
    private Duration backoff(HttpResponse<byte[]> response, int earlierAttempts) {
        Duration wait = asked(response)
                .orElseGet(() -> BACKOFF_DEFAULT.multipliedBy(1L << Math.min(earlierAttempts, 10)));
        return wait.compareTo(backoffMax) > 0 ? backoffMax : wait;
    }

    private static Optional<Duration> asked(HttpResponse<byte[]> response) {
        return response.headers().firstValue("Retry-After").map(HttpTransport::seconds);
    }

    private static @Nullable Duration seconds(String retryAfter) {
        try {
            return Duration.ofMillis((long) (1000 * Math.max(0, Double.parseDouble(retryAfter.strip()))));
        } catch (NumberFormatException e) {
            return null; // the form with a date: not worth the code, the default wait serves
        }
    }

    private CompletableFuture<Answer> later(Duration wait, Supplier<CompletableFuture<Answer>> call) {
        return CompletableFuture
                .supplyAsync(call,
                        CompletableFuture.delayedExecutor(wait.toMillis(), TimeUnit.MILLISECONDS, executor))
                .thenCompose(started -> started);
    }

    private ForebayException broken(String route, Throwable failure) {
        Throwable cause = failure instanceof CompletionException && failure.getCause() != null
                ? failure.getCause()
                : failure;
        if (cause instanceof HttpTimeoutException) {
            return new ForebayException(ErrorCode.DEADLINE_EXCEEDED, "no answer from " + base + route
                    + " within " + requestTimeout.toMillis() + " ms", cause);
        }
        if (cause instanceof ConnectException) {
            return new ForebayException(ErrorCode.UNAVAILABLE, "cannot connect to " + base
                    + ": is the server running?", cause);
        }
        if (cause instanceof IOException) {
            return new ForebayException(ErrorCode.UNAVAILABLE, "the connection to " + base
                    + " broke during " + route + ": " + cause.getMessage(), cause);
        }
        return new ForebayException(ErrorCode.INTERNAL, "the client failed at " + route + ": " + cause,
                cause);
    }
}
