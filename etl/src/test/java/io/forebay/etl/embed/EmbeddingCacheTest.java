package io.forebay.etl.embed;

import static org.assertj.core.api.Assertions.assertThat;

import io.forebay.etl.db.ImportDatabase;
import io.forebay.etl.db.ImportDatabase.Family;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.rocksdb.RocksIterator;

class EmbeddingCacheTest {
    private static final List<String> TEXTS = List.of("one", "two", "three");
    private static final float[][] VECTORS = {{1, 2}, {3, 4}, {Float.MIN_VALUE, -0f}};

    @TempDir
    Path directory;

    private ImportDatabase db;
    private EmbeddingCache cache;

    @BeforeEach
    void open() {
        db = ImportDatabase.open(directory, 64 << 20);
        cache = new EmbeddingCache(db);
    }

    @AfterEach
    void close() {
        db.close();
    }

    @Test
    void whatWasPutIsFoundAlsoAfterARestart() {
        cache.put("m", TEXTS, VECTORS);
        close();
        open();
        assertThat(cache.find("m", List.of("three", "four", "one"))).satisfiesExactly(
                v -> assertThat(v).isEqualTo(VECTORS[2]), v -> assertThat(v).isNull(),
                v -> assertThat(v).isEqualTo(VECTORS[0]));
    }

    @Test
    void anotherModelHasOthers() {
        cache.put("m", TEXTS, VECTORS);
        assertThat(cache.find("n", TEXTS)).containsOnlyNulls().hasSize(3);
        cache.put("n", List.of("one"), new float[][]{{9}});
        assertThat(cache.find("m", List.of("one"))).first().isEqualTo(VECTORS[0]);
        // Where the name ends and the text begins is part of the key.
        cache.put("ab", List.of("c"), new float[][]{{7}});
        assertThat(cache.find("a", List.of("bc"))).containsOnlyNulls();
    }

    @Test
    void everyFlippedBitAndEveryCutMakesAValueAbsent() {
        cache.put("m", List.of("one"), new float[][]{{1, 2}});
        byte[] key = keys().getFirst();
        byte[] value = db.get(Family.EMBEDDINGS, key);
        for (int bit = 0; bit < value.length * 8; bit++) {
            byte[] damaged = value.clone();
            damaged[bit / 8] ^= (byte) (1 << bit % 8);
            db.put(Family.EMBEDDINGS, key, damaged, false);
            assertThat(cache.find("m", List.of("one"))).as("bit " + bit).containsOnlyNulls();
        }
        for (int length = 0; length < value.length; length++) {
            db.put(Family.EMBEDDINGS, key, Arrays.copyOf(value, length), false);
            assertThat(cache.find("m", List.of("one"))).as("length " + length).containsOnlyNulls();
        }
        db.put(Family.EMBEDDINGS, key, value, false);
        assertThat(cache.find("m", List.of("one"))).first().isEqualTo(new float[]{1, 2});
    }

    @Test
    void aValueUnderAnotherKeyIsForeign() {
        cache.put("m", List.of("one"), new float[][]{{1}});
        byte[] one = keys().getFirst();
        byte[] value = db.get(Family.EMBEDDINGS, one);
        cache.put("m", List.of("two"), new float[][]{{2}});
        byte[] two = keys().stream().filter(key -> !Arrays.equals(key, one)).findFirst().orElseThrow();
        db.put(Family.EMBEDDINGS, two, value, false);
        assertThat(cache.find("m", List.of("one", "two"))).satisfiesExactly(v -> assertThat(v).isNotNull(),
                v -> assertThat(v).isNull());
    }

    private List<byte[]> keys() {
        List<byte[]> keys = new ArrayList<>();
        try (RocksIterator all = db.iterator(Family.EMBEDDINGS)) {
            for (all.seekToFirst(); all.isValid(); all.next()) {
                keys.add(all.key());
            }
        }
        return keys;
    }
}
