package io.forebay.model;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;

class MetadataCodecTest {

    @Test
    void theBytesOfTheFormatAreWhatTheyAlwaysWere() {
        Map<String, MetadataValue> metadata = new LinkedHashMap<>();
        metadata.put("s", MetadataValue.of("x"));
        metadata.put("i", MetadataValue.of(-2));
        metadata.put("f", MetadataValue.of(1.0));
        metadata.put("t", MetadataValue.TRUE);
        metadata.put("n", MetadataValue.NULL);
        metadata.put("a", new MetadataValue.BoolArray(List.of(true)));
        assertThat(MetadataCodec.encode(metadata)).containsExactly(6, 1, 's', 1, 1, 'x', 1, 'i', 2, 0xfe,
                0xff, 0xff,
                0xff, 0xff, 0xff, 0xff, 0xff, 1, 'f', 3, 0, 0, 0, 0, 0, 0, 0xf0, 0x3f, 1, 't', 5, 1, 'n', 0,
                1, 'a', 9,
                1, 1);
    }

    @Test
    void theBytesOfASparseVectorAreThoseOfTheFormat() {
        Map<String, MetadataValue> metadata = new LinkedHashMap<>();
        metadata.put("s", MetadataValue.of(new SparseVector(new int[]{2, -1}, new float[]{1, -2})));
        metadata.put("t", MetadataValue.of(new SparseVector(new int[]{3}, new float[]{0}, List.of("w"))));
        byte[] encoded = MetadataCodec.encode(metadata);
        assertThat(encoded).containsExactly(2, 1, 's', 10, 2, 2, 0, 0, 0, -1, -1, -1, -1, 0, 0, 0x80, 0x3f, 0,
                0,
                0, 0xc0, 0, 1, 't', 10, 1, 3, 0, 0, 0, 0, 0, 0, 0, 1, 1, 'w');
        assertThat(MetadataCodec.decode(encoded)).isEqualTo(metadata);
        for (int length = 0; length < encoded.length; length++) {
            byte[] cut = java.util.Arrays.copyOf(encoded, length);
            assertThatThrownBy(() -> MetadataCodec.decode(cut)).isInstanceOf(IllegalArgumentException.class);
        }
        encoded[5] = -1;
        encoded[6] = -1;
        encoded[7] = -1;
        encoded[8] = -1;
        assertThatThrownBy(() -> MetadataCodec.decode(encoded)).hasMessageContaining("ascending");
    }

    @Test
    void theOrderOfKeysAndTheTypeOfNumbersAreKept() {
        Map<String, MetadataValue> metadata = new LinkedHashMap<>();
        metadata.put("z", MetadataValue.of(5));
        metadata.put("a", MetadataValue.of(5.0));
        Map<String, MetadataValue> read = MetadataCodec.decode(MetadataCodec.encode(metadata));
        assertThat(read).containsExactlyEntriesOf(metadata);
    }

    @Test
    void aMergeReplacesAddsAndRemoves() {
        byte[] stored = MetadataCodec
                .encode(Map.of("keep", MetadataValue.of(1), "change", MetadataValue.of(2), "gone",
                        MetadataValue.of(3), "emptied", new MetadataValue.IntArray(List.of(1L))));
        byte[] change = MetadataCodec
                .encode(Map.of("change", MetadataValue.of("two"), "gone", MetadataValue.NULL, "new",
                        MetadataValue.of(true), "emptied", new MetadataValue.IntArray(List.of())));
        assertThat(MetadataCodec.decode(MetadataCodec.merge(stored, change))).isEqualTo(Map.of("keep",
                MetadataValue.of(1), "change", MetadataValue.of("two"), "new", MetadataValue.of(true)));
    }

    @Test
    void aMergeThatLeavesNothingLeavesNoMetadata() {
        byte[] stored = MetadataCodec.encode(Map.of("k", MetadataValue.of(1)));
        assertThat(MetadataCodec.merge(stored, MetadataCodec.encode(Map.of("k", MetadataValue.NULL))))
                .isNull();
        assertThat(MetadataCodec.merge(null, MetadataCodec.encode(Map.of("k", MetadataValue.NULL)))).isNull();
    }

    @Test
    void bytesThatAreNotOneMapAreRefused() {
        byte[] good = MetadataCodec.encode(Map.of("k", MetadataValue.of("v")));
        for (int length = 0; length < good.length; length++) {
            byte[] cut = java.util.Arrays.copyOf(good, length);
            assertThatThrownBy(() -> MetadataCodec.decode(cut)).isInstanceOf(IllegalArgumentException.class);
        }
        assertThatThrownBy(() -> MetadataCodec.decode(java.util.Arrays.copyOf(good, good.length + 1)))
                .hasMessageContaining("left over");
        assertThatThrownBy(() -> MetadataCodec.decode(new byte[]{1, 1, 'k', 77}))
                .hasMessageContaining("tag 77");
        assertThatThrownBy(() -> MetadataCodec.decode(new byte[]{-1, -1, -1, -1, -1, 1}))
                .hasMessageContaining("varint");
    }
}
