package io.forebay.etl.embed;

import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import org.jspecify.annotations.Nullable;

/**
 * A service with OpenAI's {@code /v1/embeddings}.
 *
 * <p>Threads: any number. {@code callsAtOnce} is for whoever calls, job by job: what all jobs together may do the
 * service says itself, with 429.
 *
 * <p>Failure: 429, 5xx, 408, time-outs and broken connections are tried again, with pauses, until the patience ends;
 * then the exception is a passing one. An answer that makes no sense is tried three times, because a proxy may have
 * cut it; that, any other status, and a dimension that is not the one asked for or the one before, are not passing.
 * Messages name the connection and what the service said, never its key; redirections are not followed, as the key
 * would go along. What {@code Retry-After} asks for beyond the patience is in the exception.
 *
 * <p>The HTTP client is shared by all models of a connection and belongs to whoever gave it.
 */
final class OpenAiProvider implements EmbeddingProvider {
    private static final int ANSWER_BYTES_MAX = 64 << 20;
    private static final int SENSELESS_ANSWERS_MAX = 3;
    private static final long RETRY_AFTER_MILLIS_MAX = TimeUnit.HOURS.toMillis(1);

    /** One attempt that failed and may be made again. */
    private static final class TryAgain extends Exception {
        private static final long serialVersionUID = 1L;

        private final transient @Nullable String retryAfter;
        /** The answer came and was wrong. */
        private final boolean senseless;

        TryAgain(String message, boolean senseless, @Nullable String retryAfter,
                @Nullable Throwable cause) {
            super(message, cause);
            this.senseless = senseless;
            this.retryAfter = retryAfter;
        }
    }

    private final EmbeddingConnection connection;
    private final String model;
    private final URI address;
    private final ServiceKey key;
    private final HttpClient client;
    private final CountDownLatch closed = new CountDownLatch(1);
    private final Patience.Clock clock;
    /** Of all answers; 0 until the first. */
    private volatile int dimension;

    static OpenAiProvider open(EmbeddingConnection connection, String model, HttpClient client,
            Map<String, String> environment) throws EmbeddingException {
        return new OpenAiProvider(connection, model, client, ServiceKey.of(connection, environment), null);
    }

    /** For all models of a connection; to be shut down behind their providers. */
    static HttpClient client(EmbeddingConnection connection) {
        return HttpClient.newBuilder().followRedirects(HttpClient.Redirect.NEVER)
                .version(HttpClient.Version.HTTP_1_1)
                .connectTimeout(Duration.ofMillis(Math.max(1, connection.timeoutMillis()))).build();
    }

    /** @param clock null for the real one */
    OpenAiProvider(EmbeddingConnection connection, String model, HttpClient client, ServiceKey key,
            Patience.@Nullable Clock clock) throws EmbeddingException {
        this.connection = connection;
        this.model = model;
        this.address = address(connection);
        this.key = key;
        this.clock = clock == null ? Patience.clock(closed) : clock;
        this.dimension = connection.dimension();
        this.client = client;
    }

    private static URI address(EmbeddingConnection connection) throws EmbeddingException {
        URI url = connection.url();
        String scheme = url == null ? null : url.getScheme();
        if (url == null || url.getHost() == null || !("http".equals(scheme) || "https".equals(scheme))) {
            throw new EmbeddingException("The embedding connection [" + connection.name()
                    + "] needs an address that begins with http:// or https://", false);
        }
        String path = url.getRawPath() == null ? "" : url.getRawPath();
        String query = url.getRawQuery() == null ? "" : "?" + url.getRawQuery();
        String base = path.endsWith("/") ? path.substring(0, path.length() - 1) : path;
        return url.resolve(base + "/embeddings" + query);
    }

    /** With the address, because two services may call different models by one name. */
    @Override
    public String model() {
        String size = connection.dimension() > 0 ? "/" + connection.dimension() : "";
        String port = address.getPort() < 0 ? "" : ":" + address.getPort();
        String path = address.getPath().substring(0, address.getPath().lastIndexOf('/'));
        return address.getHost() + port + path + "/" + model + size;
    }

    @Override
    public int textsPerCall() {
        return Math.max(1, connection.textsPerCall());
    }

    @Override
    public int callsAtOnce() {
        return Math.max(1, connection.callsAtOnce());
    }

    @Override
    public float[][] embed(List<String> texts, TraceContext trace)
            throws EmbeddingException, InterruptedException {
        float[][] vectors = new float[texts.size()][];
        for (int from = 0; from < vectors.length; from += textsPerCall()) {
            List<String> some = texts.subList(from, Math.min(vectors.length, from + textsPerCall()));
            float[][] made = embedSome(some, trace);
            System.arraycopy(made, 0, vectors, from, made.length);
        }
        return vectors;
    }

    private float[][] embedSome(List<String> texts, TraceContext trace)
            throws EmbeddingException, InterruptedException {
        byte[] body = EmbeddingMessages.request(model, texts, connection.dimension());
        Patience patience = new Patience(clock, connection.patienceMillis());
        int senseless = 0;
        while (true) {
            try {
                return attempt(body, texts.size(), trace);
            } catch (TryAgain e) {
                senseless += e.senseless ? 1 : 0;
                if (senseless == SENSELESS_ANSWERS_MAX) {
                    throw failure(e.getMessage() + ", " + senseless + " times", false, 0, e);
                }
                if (!patience.isThereMore(e.retryAfter)) {
                    String times = patience.failures() == 1 ? "" : ", " + patience.failures() + " times";
                    long asked = Patience.millisUntil(e.retryAfter, clock.millis());
                    throw failure(e.getMessage() + times, true, Math.min(asked, RETRY_AFTER_MILLIS_MAX), e);
                }
            }
        }
    }

    private float[][] attempt(byte[] body, int texts, TraceContext trace)
            throws TryAgain, EmbeddingException, InterruptedException {
        HttpResponse<byte[]> response = send(body, trace);
        int status = response.statusCode();
        if (status == 200) {
            return checked(response.body(), texts);
        }
        String message = "answered " + status + ": "
                + EmbeddingMessages.error(response.body(), key::hideIn);
        if (status == 429 || status == 408 || status >= 500) {
            throw new TryAgain(message, false, response.headers().firstValue("Retry-After").orElse(null),
                    null);
        }
        throw failure(message, false, 0, null);
    }

    private float[][] checked(byte[] body, int texts) throws TryAgain, EmbeddingException {
        float[][] vectors;
        try {
            vectors = EmbeddingMessages.answer(body, texts);
        } catch (IOException e) {
            String said = String.valueOf(e.getMessage()).lines().findFirst().orElse("");
            throw new TryAgain("makes no sense: " + key.hideIn(said), true, null, null);
        }
        int got = vectors[0].length;
        synchronized (this) {
            if (dimension == 0) {
                dimension = got;
            }
        }
        if (got != dimension) {
            throw failure("answered with vectors of dimension " + got + ", and " + dimension
                    + (connection.dimension() > 0 ? " was asked for" : " before"), false, 0, null);
        }
        return vectors;
    }

    private HttpResponse<byte[]> send(byte[] body, TraceContext trace)
            throws TryAgain, InterruptedException {
        HttpRequest.Builder request = HttpRequest.newBuilder(address)
                .timeout(Duration.ofMillis(connection.timeoutMillis()))
                .header("Content-Type", "application/json").header("Accept", "application/json")
                .POST(HttpRequest.BodyPublishers.ofByteArray(body));
        trace.addTo(request::header);
        String authorization = key.authorization();
        if (authorization != null) {
            request.header("Authorization", authorization);
        }
        CompletableFuture<HttpResponse<byte[]>> call = client.sendAsync(request.build(),
                HttpResponse.BodyHandlers.limiting(HttpResponse.BodyHandlers.ofByteArray(),
                        ANSWER_BYTES_MAX));
        try {
            // The client's own time-out ends with the headers; a body may take for ever.
            return call.get(connection.timeoutMillis(), TimeUnit.MILLISECONDS);
        } catch (TimeoutException e) {
            throw new TryAgain("gave no whole answer in " + connection.timeoutMillis() + " ms", false, null,
                    e);
        } catch (ExecutionException e) {
            throw broken(e.getCause() == null ? e : e.getCause());
        } finally {
            call.cancel(true);
        }
    }

    private TryAgain broken(Throwable cause) {
        String said = String.valueOf(cause.getMessage());
        if (said.contains("exceeds capacity")) { // in the words of BodyHandlers.limiting
            return new TryAgain(
                    "makes no sense: the answer is larger than " + (ANSWER_BYTES_MAX >> 20) + " MiB",
                    true, null, null);
        }
        return new TryAgain("cannot be reached or broke off: " + key.hideIn(cause.toString()), false, null,
                cause);
    }

    private EmbeddingException failure(String what, boolean passing, long retryAfterMillis,
            @Nullable Throwable cause) {
        return new EmbeddingException("The embedding service of connection [" + connection.name() + "] "
                + what, passing, retryAfterMillis, cause);
    }

    /** Calls that wait to be tried again give up. */
    @Override
    public void close() {
        closed.countDown();
    }
}
