package io.forebay.etl.embed;

import io.forebay.model.ErrorCode;
import io.forebay.model.ForebayException;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * {@link LocalModel} as a provider. Its names are those of one set of weights, with how much of a text they see: the
 * tokenizer's own 128 tokens, or the 256 that Chroma's client asks for.
 */
final class LocalProvider implements EmbeddingProvider {
    static final String MODEL = "all-MiniLM-L6-v2";
    static final String LONG_MODEL = "all-MiniLM-L6-v2-256";
    private static final int TEXTS_PER_CALL = 64;

    private final LocalModel local;
    private final String model;
    private final int tokensMax;
    private final int workers;

    private LocalProvider(LocalModel local, String model, int tokensMax, int workers) {
        this.local = local;
        this.model = model;
        this.tokensMax = tokensMax;
        this.workers = workers;
    }

    /** INVALID_ARGUMENT when there is no such model here. */
    static String checkedModel(@Nullable String model) {
        if (model == null || model.equals(MODEL)) {
            return MODEL;
        }
        if (!model.equals(LONG_MODEL)) {
            throw new ForebayException(ErrorCode.INVALID_ARGUMENT, "The local provider has no model [" + model
                    + "]; it has " + MODEL + " (128 tokens) and " + LONG_MODEL + " (256 tokens)");
        }
        return model;
    }

    static LocalProvider open(String model, int workers) throws EmbeddingException {
        return new LocalProvider(LocalModel.open(), model, model.equals(LONG_MODEL) ? 256 : 128, workers);
    }

    /** The eight bits are in the name because vectors of the full weights are near to these but not the same. */
    @Override
    public String model() {
        return model + "/q8";
    }

    @Override
    public int textsPerCall() {
        return TEXTS_PER_CALL;
    }

    @Override
    public int callsAtOnce() {
        return workers;
    }

    @Override
    public float[][] embed(List<String> texts, TraceContext trace)
            throws EmbeddingException, InterruptedException {
        float[][] vectors = new float[texts.size()][];
        Map<String, float[]> done = new HashMap<>();
        for (int i = 0; i < vectors.length; i++) {
            if (Thread.interrupted()) {
                throw new InterruptedException();
            }
            String text = texts.get(i);
            float[] vector = done.get(text);
            if (vector == null) {
                vector = local.embed(text, tokensMax);
                done.put(text, vector);
            }
            vectors[i] = vector;
        }
        return vectors;
    }

    @Override
    public void close() {
        local.close();
    }
}
