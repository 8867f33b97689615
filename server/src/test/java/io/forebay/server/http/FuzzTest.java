package io.forebay.server.http;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * Bodies that are nearly right: well-formed requests with values swapped, fields doubled, bytes changed or cut. Whatever
 * comes, the answer is a status that a client can act on, never a 500, and nothing leaks.
 */
@Tag("fuzz")
class FuzzTest {
    private static final int ROUNDS = 4_000;

    @TempDir
    static Path directory;

    private static TestServer server;

    @BeforeAll
    static void start() {
        server = TestServer.start(directory);
    }

    @AfterAll
    static void stop() {
        server.close();
        assertThat(LeakWatch.leaks()).isEmpty();
    }

    private static final Map<String, String> SEEDS = new LinkedHashMap<>();

    static {
        SEEDS.put("add",
                "{\"ids\":[\"a\",\"b\"],\"embeddings\":[[1,2],[0.5,-1e-3]],\"documents\":[\"d\",null],"
                        + "\"metadatas\":[{\"k\":1,\"s\":[\"x\"]},null],\"uris\":null}");
        SEEDS.put("upsert",
                "{\"embeddings\":[\"AACAPwAAAEA=\"],\"ids\":[\"c\"],\"metadatas\":[{\"n\":2.5,\"b\":true,"
                        + "\"v\":{\"#type\":\"sparse_vector\",\"indices\":[1,4],\"values\":[0.5,2]}}]}");
        SEEDS.put("update", "{\"ids\":[\"a\"],\"embeddings\":[null],\"metadatas\":[{\"k\":null}]}");
        SEEDS.put("delete", "{\"ids\":[\"zz\"],\"where\":{\"k\":{\"$gt\":99}},\"limit\":1}");
        SEEDS.put("get",
                "{\"ids\":null,\"where\":{\"$and\":[{\"k\":{\"$in\":[1,2]}},{\"s\":\"x\"}]},\"limit\":5,"
                        + "\"offset\":0,\"include\":[\"embeddings\",\"uris\"],\"where_document\":{\"$contains\":\"d\"}}");
        SEEDS.put("search",
                "{\"searches\":[{\"filter\":{\"where_clause\":{\"#id\":{\"$in\":[\"a\",\"b\"]}}},\"rank\":{\"$sum\":["
                        + "{\"$knn\":{\"query\":[1,2],\"limit\":3,\"default\":7,\"return_rank\":true}},{\"$div\":{\"left\":"
                        + "{\"$val\":1},\"right\":{\"$knn\":{\"query\":{\"indices\":[1,3],\"values\":[1,2]},\"key\":\"v\"}}}}]},"
                        + "\"group_by\":{\"keys\":[\"k\"],\"aggregate\":{\"$min_k\":{\"keys\":[\"#score\"],\"k\":2}}},"
                        + "\"limit\":{\"limit\":4,\"offset\":0},\"select\":{\"keys\":[\"#score\",\"#embedding\",\"k\"]}}],"
                        + "\"read_level\":\"index_only\"}");
        SEEDS.put("query", "{\"query_embeddings\":[[1,2]],\"n_results\":3,\"where\":{\"k\":{\"$ne\":4}},"
                + "\"include\":[\"distances\"]}");
    }

    private static final List<String> VALUES = List.of("null", "true", "0", "-1", "1.5", "1e40", "1e400",
            "\"\"",
            "\"x\"", "[]", "{}", "[[]]", "[null]", "{\"$eq\":1}", "{\"$in\":[]}", "\"\\u0000\"",
            "\"\\ud83d\\ude00\"",
            "99999999999999999999", "4294967295", "[1,2]", "[\"AACAPw==\"]", "{\"#type\":\"sparse_vector\"}",
            "-",
            "{\"a\":{\"b\":{\"c\":[{}]}}}", "{\"$regex\":\"(\"}",
            "{\"$or\":[{\"a\":1},{\"b\":{\"$nin\":[\"x\"]}}]}");

    @Test
    void noBodyIsAnsweredWithAFaultOfOurs() throws IOException {
        long seed = Long.getLong("forebay.seed", System.nanoTime());
        Random random = new Random(seed);
        String path = server.collection("fuzz");
        List<String> names = new ArrayList<>(SEEDS.keySet());
        int fine = 0;
        Wire wire = new Wire(server);
        for (int i = 0; i < ROUNDS; i++) {
            String name = names.get(random.nextInt(names.size()));
            byte[] body = mutate(SEEDS.get(name), random);
            wire.send(Wire.head(path + "/" + name, body.length));
            wire.socket.getOutputStream().write(body);
            Wire.Answer answer = wire.answer();
            String told = "seed " + seed + " round " + i + ": " + name + " "
                    + new String(body, StandardCharsets.UTF_8) + " answered " + answer;
            assertThat(answer).as(told).isNotNull();
            assertThat(answer.status()).as(told).isIn(200, 201, 400, 422, 501);
            if (answer.status() >= 400) {
                assertThat(TestJson.object(answer.body())).as(told).containsOnlyKeys("error", "message");
            } else {
                fine++;
            }
        }
        wire.close();
        assertThat(fine).as("seed " + seed).isBetween(ROUNDS / 50, ROUNDS * 9 / 10);
        assertThat(server.get("/healthz").statusCode()).isEqualTo(200);
        assertThat(server.post(path + "/flush", "").statusCode()).isEqualTo(200);
        assertThat(server.get(path + "/indexing_status").body()).contains("\"parked_entries\":0");
    }

    @Test
    void noCollectionBodyIsAnsweredWithAFaultOfOurs() throws IOException {
        long seed = Long.getLong("forebay.seed", System.nanoTime());
        Random random = new Random(seed);
        String path = "/api/v2/tenants/default_tenant/databases/default_database/collections";
        String body = "{\"name\":\"abc\",\"metadata\":{\"hnsw:space\":\"cosine\",\"hnsw:M\":5},\"configuration\":"
                + "{\"hnsw\":{\"space\":\"l2\",\"ef_search\":5},\"spann\":null,\"embedding_function\":{\"type\":"
                + "\"known\",\"name\":\"n\",\"config\":{}}},\"schema\":{\"defaults\":{},\"keys\":{\"#embedding\":"
                + "{\"float_list\":{\"vector_index\":{\"enabled\":true,\"config\":{\"space\":\"l2\",\"hnsw\":{}}}}}}},"
                + "\"get_or_create\":true}";
        try (Wire wire = new Wire(server)) {
            for (int i = 0; i < ROUNDS / 4; i++) {
                byte[] mutated = mutate(body, random);
                wire.send(Wire.head(path, mutated.length));
                wire.socket.getOutputStream().write(mutated);
                Wire.Answer answer = wire.answer();
                String told = "seed " + seed + " round " + i + ": "
                        + new String(mutated, StandardCharsets.UTF_8)
                        + " answered " + answer;
                assertThat(answer).as(told).isNotNull();
                assertThat(answer.status()).as(told).isIn(200, 400, 409, 422, 501);
            }
        }
    }

    /** One to three changes, each of a kind that clients with bugs make. */
    private static byte[] mutate(String json, Random random) {
        String text = json;
        for (int i = random.nextInt(3); i >= 0; i--) {
            text = switch (random.nextInt(8)) {
                case 0, 1, 2 -> swapValue(text, random);
                case 3 -> text.isEmpty() ? text : text.substring(0, random.nextInt(text.length()));
                case 4 -> doubleField(text, random);
                case 5 -> insert(text, random, VALUES.get(random.nextInt(VALUES.size())));
                case 6 -> insert(text, random, String.valueOf(",:[]{}\"\\".charAt(random.nextInt(8))));
                default -> text;
            };
        }
        byte[] bytes = text.getBytes(StandardCharsets.UTF_8);
        if (bytes.length > 0 && random.nextInt(8) == 0) {
            bytes[random.nextInt(bytes.length)] = (byte) random.nextInt(256);
        }
        return bytes;
    }

    private static String swapValue(String text, Random random) {
        List<Integer> colons = new ArrayList<>();
        for (int i = 0; i < text.length(); i++) {
            if (text.charAt(i) == ':' || text.charAt(i) == '[') {
                colons.add(i);
            }
        }
        if (colons.isEmpty()) {
            return text;
        }
        int from = colons.get(random.nextInt(colons.size())) + 1;
        int depth = 0;
        int to = from;
        for (; to < text.length(); to++) {
            char c = text.charAt(to);
            if (depth == 0 && (c == ',' || c == '}' || c == ']')) {
                break;
            }
            depth += c == '{' || c == '[' ? 1 : c == '}' || c == ']' ? -1 : 0;
        }
        return text.substring(0, from) + VALUES.get(random.nextInt(VALUES.size())) + text.substring(to);
    }

    private static String doubleField(String text, Random random) {
        int brace = text.indexOf('{');
        String[] names = {"ids", "embeddings", "where", "limit", "name", "include", "metadata"};
        return brace < 0
                ? text
                : text.substring(0, brace + 1) + "\"" + names[random.nextInt(names.length)] + "\":"
                        + VALUES.get(random.nextInt(VALUES.size())) + "," + text.substring(brace + 1);
    }

    private static String insert(String text, Random random, String what) {
        int at = random.nextInt(text.length() + 1);
        return text.substring(0, at) + what + text.substring(at);
    }
}
