package io.forebay.engine;

import static org.assertj.core.api.Assertions.assertThat;

import io.forebay.model.DeleteRequest;
import io.forebay.model.MetadataValue;
import io.forebay.model.Operation;
import io.forebay.model.RecordBatch;
import io.forebay.model.Where;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import org.junit.jupiter.api.Test;

class FingerprintTest {
    private static final MetadataValue ONE = MetadataValue.of(1);

    /** Each differs from each other in one thing. */
    private static List<DeleteRequest> requests() {
        Where equal = new Where.Compare("k", Where.Comparison.EQ, ONE);
        List<Where> filters = List.of(equal, new Where.Compare("l", Where.Comparison.EQ, ONE),
                new Where.Compare("k", Where.Comparison.NE, ONE),
                new Where.Compare("k", Where.Comparison.EQ, MetadataValue.of(1.0)),
                new Where.And(List.of(equal)), new Where.Or(List.of(equal)),
                new Where.And(List.of(equal, equal)),
                new Where.In("k", false, List.of(ONE)), new Where.In("k", true, List.of(ONE)),
                new Where.In("k", false, List.of(ONE, ONE)), new Where.ArrayContains("k", false, ONE),
                new Where.ArrayContains("k", true, ONE), new Where.Document(Where.TextMatch.CONTAINS, "k"),
                new Where.Document(Where.TextMatch.REGEX, "k"));
        List<DeleteRequest> all = new ArrayList<>();
        filters.forEach(filter -> all.add(new DeleteRequest(null, filter, null)));
        all.add(new DeleteRequest(List.of(), equal, null));
        all.add(new DeleteRequest(null, equal, 1));
        all.add(DeleteRequest.ofIds("ab", "c"));
        all.add(DeleteRequest.ofIds("a", "bc"));
        all.add(DeleteRequest.ofIds("bc", "a"));
        return all;
    }

    @Test
    void requestsThatDifferHaveDifferentFingerprints() {
        List<Integer> prints = requests().stream().map(Fingerprint::of).toList();
        assertThat(new HashSet<>(prints)).hasSameSizeAs(prints).doesNotContain(0);
        assertThat(requests().stream().map(Fingerprint::of)).isEqualTo(prints);
    }

    @Test
    void theFingerprintOfARequestIsPartOfTheFormats() {
        // It stands in logs and rows: a change of these numbers turns retries across an update into conflicts.
        assertThat(Fingerprint.of(DeleteRequest.ofIds("a", "b"))).isEqualTo(754831802);
        Where where = new Where.And(List.of(new Where.Compare("k", Where.Comparison.GTE, ONE),
                new Where.Document(Where.TextMatch.CONTAINS, "text")));
        assertThat(Fingerprint.of(new DeleteRequest(null, where, 7))).isEqualTo(1779345474);
    }

    @Test
    void aBatchMadeFromARequestTellsTheRequestsFingerprint() {
        RecordBatch plain = RecordBatch.builder(Operation.DELETE).id("a").build();
        RecordBatch made = RecordBatch.builder(Operation.DELETE).id("a").origin(4711).build();
        assertThat(plain.origin()).isZero();
        assertThat(made.origin()).isEqualTo(4711);
        assertThat(Fingerprint.of(made)).isEqualTo(4711);
        assertThat(Fingerprint.of(RecordBatch.wrap(made.encoded()))).isEqualTo(4711);
        assertThat(Fingerprint.of(plain)).isNotEqualTo(4711)
                .isNotEqualTo(Fingerprint.of(RecordBatch.builder(Operation.DELETE).id("b").build()));
    }
}
