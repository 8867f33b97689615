package io.forebay.bench.peers;

import static org.assertj.core.api.Assertions.assertThat;

import io.forebay.model.MetadataValue;
import io.forebay.model.Operation;
import io.forebay.model.RecordBatch;
import java.util.HexFormat;
import java.util.Map;
import org.junit.jupiter.api.Test;

/** The bytes, as PostgreSQL's and pgvector's documentation have them. */
class PgCopyTest {

    @Test
    void rowsAreFieldsWithTheirLengthsBigEndian() throws Exception {
        RecordBatch batch = RecordBatch.builder(Operation.ADD)
                .record("a", new float[]{1, -2}, "é", Map.of("n", MetadataValue.of(7)), null)
                .record("b", new float[]{0, 0.5f}, null, null, null).build();

        assertThat(HexFormat.of().formatHex(PgCopy.of(batch))).isEqualTo("5047434f50590aff0d0a00" // signature
                + "00000000" + "00000000" // flags, extension
                + "0004" + "00000001" + "61" // four columns; id
                + "00000002" + "c3a9" // document
                + "00000008" + "01" + "7b226e223a377d" // jsonb: version, {"n":7}
                + "0000000c" + "0002" + "0000" + "3f800000" + "c0000000" // vector: dimension, unused, floats
                + "0004" + "00000001" + "62" + "ffffffff" + "ffffffff" // null, null
                + "0000000c" + "0002" + "0000" + "00000000" + "3f000000" + "ffff");
    }
}
