package io.forebay.etl.embed;

import ai.onnxruntime.OnnxTensor;
import ai.onnxruntime.OrtEnvironment;
import ai.onnxruntime.OrtException;
import ai.onnxruntime.OrtLoggingLevel;
import ai.onnxruntime.OrtSession;
import java.io.IOException;
import java.io.InputStream;
import java.nio.FloatBuffer;
import java.nio.LongBuffer;
import java.util.Map;

/**
 * all-MiniLM-L6-v2, quantised to eight bits, in this process. One text is one run of the graph: the mean of what
 * comes out for its tokens, at length 1.
 *
 * <p>Why not many texts in one run: the graph quantises what goes into each of its products with one scale for the whole
 * tensor, so the neighbours of a text, and the padding, would change its vector (cosine 0.993 on average for runs of
 * sixteen), and a cache or a second import would not find the same one again. It would not be faster either: the
 * products are large enough at the length of a paragraph (docs/embedding.md has the figures).
 *
 * <p>Threads: any number may run it at once, each on its own processor: the session makes no threads.
 *
 * <p>Memory: no arena. One would keep the largest size that each buffer of each thread ever had.
 */
final class LocalModel implements AutoCloseable {
    static final int DIMENSION = 384;
    private static final String MODEL = "/all-minilm-l6-v2-q.onnx";
    private static final String TOKENIZER = "/all-minilm-l6-v2-q-tokenizer.json";

    private final OrtEnvironment environment;
    private final OrtSession session;
    private final WordPiece tokenizer;

    private LocalModel(OrtEnvironment environment, OrtSession session, WordPiece tokenizer) {
        this.environment = environment;
        this.session = session;
        this.tokenizer = tokenizer;
    }

    /** Takes half a second. */
    static LocalModel open() throws EmbeddingException {
        try (InputStream tokenizerJson = resource(TOKENIZER); InputStream model = resource(MODEL)) {
            WordPiece tokenizer = WordPiece.read(tokenizerJson);
            OrtEnvironment environment = OrtEnvironment
                    .getEnvironment(OrtLoggingLevel.ORT_LOGGING_LEVEL_ERROR);
            try (OrtSession.SessionOptions options = new OrtSession.SessionOptions()) {
                options.setIntraOpNumThreads(1);
                options.setInterOpNumThreads(1);
                options.setOptimizationLevel(OrtSession.SessionOptions.OptLevel.ALL_OPT);
                options.setCPUArenaAllocator(false);
                options.setMemoryPatternOptimization(false);
                return new LocalModel(environment, environment.createSession(model.readAllBytes(), options),
                        tokenizer);
            }
        } catch (IOException | OrtException e) {
            throw new EmbeddingException("The local model cannot be opened: " + e.getMessage(), false, e);
        } catch (UnsatisfiedLinkError | ExceptionInInitializerError | NoClassDefFoundError e) {
            throw new EmbeddingException("ONNX Runtime cannot be loaded on this machine: " + e, false, e);
        }
    }

    private static InputStream resource(String name) throws IOException {
        InputStream found = LocalModel.class.getResourceAsStream(name);
        if (found == null) {
            throw new IOException(name + " is not on the class path");
        }
        return found;
    }

    float[] embed(String text, int tokensMax) throws EmbeddingException {
        int[] tokens = tokenizer.encode(text, tokensMax);
        long[] ids = new long[tokens.length];
        long[] ones = new long[tokens.length];
        for (int i = 0; i < tokens.length; i++) {
            ids[i] = tokens[i];
            ones[i] = 1;
        }
        try (OnnxTensor idTensor = tensor(ids);
                OnnxTensor maskTensor = tensor(ones);
                OnnxTensor typeTensor = tensor(new long[tokens.length]);
                OrtSession.Result result = session.run(Map.of("input_ids", idTensor, "attention_mask",
                        maskTensor, "token_type_ids", typeTensor))) {
            return mean(((OnnxTensor) result.get(0)).getFloatBuffer(), tokens.length);
        } catch (OrtException e) {
            throw new EmbeddingException("The local model failed: " + e.getMessage(), false, e);
        }
    }

    private OnnxTensor tensor(long[] values) throws OrtException {
        return OnnxTensor.createTensor(environment, LongBuffer.wrap(values), new long[]{1, values.length});
    }

    private static float[] mean(FloatBuffer states, int tokens) {
        float[] sum = new float[DIMENSION];
        float[] state = new float[DIMENSION];
        for (int t = 0; t < tokens; t++) {
            states.get(state);
            for (int i = 0; i < DIMENSION; i++) {
                sum[i] += state[i];
            }
        }
        double square = 0;
        for (float x : sum) {
            square += (double) x * x;
        }
        float scale = (float) (1 / Math.sqrt(square));
        for (int i = 0; i < DIMENSION; i++) {
            sum[i] *= scale;
        }
        return sum;
    }

    @Override
    public void close() {
        try {
            session.close();
        } catch (OrtException e) {
            throw new IllegalStateException("The local model cannot be closed: " + e.getMessage(), e);
        }
    }
}
