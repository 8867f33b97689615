package io.forebay.etl.embed;

import io.forebay.model.ErrorCode;
import io.forebay.model.ForebayException;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;

/**
 * Vectors that were made for somebody who waits for them.
 *
 * @param model  as caches name it, see {@link EmbeddingProvider#model}
 * @param millis that it took
 */
public record Embedded(String connection, String model, float[][] vectors, double millis) {

    /**
     * @throws ForebayException INVALID_ARGUMENT for a connection that there is not, or that makes none; UNAVAILABLE when the
     *                          service does not answer; UNPROCESSABLE when it refuses the texts
     */
    public static Embedded by(Embeddings embeddings, String connection, List<String> texts,
            TraceContext trace) {
        long begun = System.nanoTime();
        try {
            EmbeddingProvider provider = embeddings.provider(connection, null);
            List<float[]> vectors = new ArrayList<>();
            int step = Math.max(1, provider.textsPerCall());
            for (int from = 0; from < texts.size(); from += step) {
                List<String> some = texts.subList(from, Math.min(texts.size(), from + step));
                vectors.addAll(List.of(provider.embed(some, trace)));
            }
            return new Embedded(connection, provider.model(), vectors.toArray(new float[0][]),
                    (System.nanoTime() - begun) / (double) TimeUnit.MILLISECONDS.toNanos(1));
        } catch (EmbeddingException failed) {
            throw new ForebayException(failed.isPassing() ? ErrorCode.UNAVAILABLE : ErrorCode.UNPROCESSABLE,
                    "The embedding connection [" + connection + "]: " + failed.getMessage(), failed);
        } catch (InterruptedException stopped) {
            Thread.currentThread().interrupt();
            throw new ForebayException(ErrorCode.UNAVAILABLE, "the server is being stopped", stopped);
        }
    }
}
