package io.forebay.etl.pipeline;

import io.forebay.etl.embed.EmbeddingCache;
import io.forebay.etl.embed.EmbeddingException;
import io.forebay.etl.embed.EmbeddingProvider;
import io.forebay.etl.embed.TraceContext;
import io.forebay.etl.job.StopSignal;
import io.forebay.model.ForebayException;
import java.util.ArrayList;
import java.util.Collection;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Future;
import java.util.concurrent.Semaphore;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Gives rows their vectors: from the cache, or from the provider, which is asked once for equal texts of a chunk.
 *
 * <p>What a provider cannot do in passing is tried again for as long as the job is not stopped; texts that it refuses are
 * found by halves and their rows fail, unless it refuses everything: then the rest of the chunk fails with the same reason
 * (and many such chunks end the job by its cap on errors).
 *
 * <p>Threads: any number of chunks at once; at most {@link EmbeddingProvider#callsAtOnce} calls of the job are on their way.
 */
final class EmbedStage {
    private static final long PAUSE_MILLIS = 2_000;
    /** So many single texts refused in a row, and it is not the texts. */
    private static final int REFUSALS_MAX = 3;

    private static final Logger LOG = LoggerFactory.getLogger(EmbedStage.class);

    private final EmbeddingProvider provider;
    private final TraceContext trace;
    private final EmbeddingCache cache;
    private final @Nullable ExecutorService calls;
    private final Semaphore atOnce;
    private final StopSignal stop;
    private final Consumer<String> trouble;

    /**
     * @param calls   where calls run side by side; null to make them on the thread that asks, one by one
     * @param trouble told why it waits; an empty text when that is over
     */
    EmbedStage(EmbeddingProvider provider, TraceContext trace, EmbeddingCache cache,
            @Nullable ExecutorService calls, StopSignal stop, Consumer<String> trouble) {
        this.provider = provider;
        this.trace = trace;
        this.cache = cache;
        this.calls = calls;
        this.atOnce = new Semaphore(Math.max(1, provider.callsAtOnce()));
        this.stop = stop;
        this.trouble = trouble;
    }

    /** Rows that fail get an error; all others have a vector afterwards. */
    void embed(Chunk chunk, Collection<Row> rows) throws StoppedException, InterruptedException {
        Map<String, List<Row>> byText = new LinkedHashMap<>();
        for (Row row : rows) {
            if (row.text != null) {
                byText.computeIfAbsent(row.text, text -> new ArrayList<>()).add(row);
            }
        }
        List<String> texts = new ArrayList<>(byText.keySet());
        List<float @Nullable []> cached = cache.find(provider.model(), texts);
        List<String> missing = new ArrayList<>();
        for (int i = 0; i < texts.size(); i++) {
            float[] known = cached.get(i);
            if (known == null) {
                missing.add(texts.get(i));
            } else {
                give(byText, texts.get(i), known);
            }
        }
        long start = System.nanoTime();
        ask(missing, byText);
        chunk.embedded += missing.size();
        chunk.fromCache += texts.size() - missing.size();
        chunk.embedNanos += System.nanoTime() - start;
    }

    private static void give(Map<String, List<Row>> rows, String text, float[] vector) {
        rows.getOrDefault(text, List.of()).forEach(row -> row.embedding = vector);
    }

    private void ask(List<String> missing, Map<String, List<Row>> rows)
            throws StoppedException, InterruptedException {
        int size = Math.max(1, provider.textsPerCall());
        List<Future<?>> asked = new ArrayList<>();
        ExecutorService aside = missing.size() > size ? calls : null;
        for (int from = 0; from < missing.size(); from += size) {
            List<String> part = missing.subList(from, Math.min(missing.size(), from + size));
            if (aside == null) {
                call(part, rows, new int[1]);
            } else {
                asked.add(aside.submit(() -> {
                    call(part, rows, new int[1]);
                    return null;
                }));
            }
        }
        try {
            for (Future<?> future : asked) {
                future.get();
            }
        } catch (ExecutionException e) {
            if (e.getCause() instanceof StoppedException stopped) {
                throw stopped;
            }
            if (stop.isStopped()) {
                throw new StoppedException(); // its calls were interrupted
            }
            throw new IllegalStateException(e.getCause());
        } finally {
            asked.forEach(future -> future.cancel(true));
        }
    }

    /** @param refused how many single texts were refused in a row */
    private void call(List<String> texts, Map<String, List<Row>> rows, int[] refused)
            throws StoppedException, InterruptedException {
        if (refused[0] >= REFUSALS_MAX) {
            return; // what is said of the ones before holds for these too; see fail
        }
        try {
            float[][] vectors = patiently(texts);
            remember(texts, vectors);
            for (int i = 0; i < vectors.length; i++) {
                give(rows, texts.get(i), vectors[i]);
            }
            refused[0] = 0;
        } catch (EmbeddingException refusal) {
            if (texts.size() > 1) {
                int half = texts.size() / 2;
                call(texts.subList(0, half), rows, refused);
                call(texts.subList(half, texts.size()), rows, refused);
            } else {
                refused[0]++;
            }
            String reason = String.valueOf(refusal.getMessage());
            texts.forEach(text -> rows.getOrDefault(text, List.of()).forEach(row -> {
                if (row.embedding == null && row.error == null) {
                    row.error = "no embedding: " + reason;
                }
            }));
        }
    }

    private void remember(List<String> texts, float[][] vectors) {
        try {
            cache.put(provider.model(), texts, vectors);
        } catch (ForebayException full) {
            LOG.debug("{} embeddings are not remembered", texts.size(), full); // they will be made again
        }
    }

    private float[][] patiently(List<String> texts)
            throws EmbeddingException, StoppedException, InterruptedException {
        boolean waited = false;
        while (true) {
            long pause;
            atOnce.acquire();
            try {
                if (stop.isStopped()) {
                    throw new StoppedException();
                }
                float[][] vectors = provider.embed(texts, trace);
                if (waited) {
                    trouble.accept("");
                }
                return vectors;
            } catch (EmbeddingException passing) {
                if (!passing.isPassing()) {
                    throw passing;
                }
                trouble.accept("waiting for the embedding service: " + passing.getMessage());
                pause = Math.max(PAUSE_MILLIS, passing.retryAfterMillis());
            } finally {
                atOnce.release();
            }
            waited = true;
            if (stop.await(pause)) {
                throw new StoppedException();
            }
        }
    }
}
