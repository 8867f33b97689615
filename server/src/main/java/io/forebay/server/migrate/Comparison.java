package io.forebay.server.migrate;

import io.forebay.client.CollectionClient;
import io.forebay.client.Filter;
import io.forebay.model.Floats;
import io.forebay.model.GetRequest;
import io.forebay.model.Include;
import io.forebay.model.MetadataValue;
import io.forebay.model.ReadOptions;
import io.forebay.model.StoredRecord;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.EnumSet;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.SplittableRandom;
import java.util.concurrent.CompletableFuture;
import org.jspecify.annotations.Nullable;

/**
 * Whether the target has what the source has: the number of records, and of some or all of them ids, the bits of the
 * embeddings, documents, metadata, uris, and their order.
 *
 * <p>Threads: one.
 */
final class Comparison {
    static final int SAMPLE_RECORDS = 1_000;
    private static final int SAMPLE_PAGE = 50;

    private final ServerSource source;
    private final SourceCollection read;
    private final CollectionClient target;
    private final PlannedCollection planned;
    private final Differences found = new Differences();
    private final Set<String> refused;

    /** @param refused ids that the target did not take, in earlier runs too */
    Comparison(ServerSource source, SourceCollection read, CollectionClient target,
            PlannedCollection planned, Set<String> refused) {
        this.source = source;
        this.read = read;
        this.target = target;
        this.planned = planned;
        this.refused = Set.copyOf(refused);
    }

    Differences found() {
        return found;
    }

    /** Where others have put records into the target too, there may be more. */
    void counts(boolean mayHaveMore) {
        long has = source.count(read);
        long expected = has - planned.refused();
        long there = target.count();
        if (mayHaveMore ? there < expected : there != expected) {
            found.add("the source has " + has + " records"
                    + (planned.refused() == 0 ? "" : " (of them refused: " + planned.refused() + ")")
                    + ", the target " + there);
        }
    }

    /** @param readers pages at a time */
    void all(int readers) {
        PageReader<Page> pages = new PageReader<>(source, read, 0, readers,
                ids -> source.records(read, ids));
        while (pages.hasNext()) {
            PageReader.Read<Page> next = pages.next();
            CompletableFuture<List<StoredRecord>> there = ask(next.ids());
            Page page = next.waited();
            pages.took(next.ids().size(), page.bytes());
            compare(page.records(), Calls.waited(there));
        }
    }

    /** Some pages of few records, from anywhere. */
    void sample(long seed) {
        long count = source.count(read);
        if (count <= SAMPLE_RECORDS) {
            all(2);
            return;
        }
        SplittableRandom random = new SplittableRandom(seed);
        for (int i = 0; i < SAMPLE_RECORDS / SAMPLE_PAGE; i++) {
            List<String> ids = Calls
                    .waited(source.ids(read, random.nextLong(count - SAMPLE_PAGE + 1), SAMPLE_PAGE));
            CompletableFuture<List<StoredRecord>> there = ask(ids);
            compare(Calls.waited(source.records(read, ids)).records(), Calls.waited(there));
        }
    }

    private CompletableFuture<List<StoredRecord>> ask(List<String> ids) {
        GetRequest request = new GetRequest(ids, null, null, 0, EnumSet.of(Include.EMBEDDINGS,
                Include.DOCUMENTS, Include.METADATAS, Include.URIS));
        return target.getAsync(request, Filter.NONE, ReadOptions.DEFAULT);
    }

    private void compare(List<StoredRecord> wanted, List<StoredRecord> there) {
        Map<String, StoredRecord> byId = new HashMap<>();
        there.forEach(record -> byId.put(record.id(), record));
        List<String> order = new ArrayList<>();
        for (StoredRecord record : wanted) {
            if (!isSound(record)) {
                continue;
            }
            StoredRecord copy = byId.get(record.id());
            if (copy == null && refused.contains(record.id())) {
                continue;
            }
            if (copy == null) {
                found.add("'" + record.id() + "' is missing");
            } else {
                order.add(record.id());
                compare(record, copy);
            }
        }
        planned.comparing(wanted.size());
        List<String> orderThere = there.stream().map(StoredRecord::id).toList();
        if (planned.existing() != PlannedCollection.Existing.OTHERS && orderThere.size() == order.size()
                && !orderThere.equals(order)) {
            found.add("the order of the records is another one, near '" + order.getFirst() + "'");
        }
    }

    /** What no Forebay takes is counted as refused. */
    private static boolean isSound(StoredRecord record) {
        float[] embedding = record.embedding();
        return embedding != null && Floats.allFinite(embedding, 0, embedding.length);
    }

    private void compare(StoredRecord record, StoredRecord copy) {
        if (!sameBits(record.embedding(), copy.embedding())) {
            found.add("'" + record.id() + "' has another embedding");
        }
        if (!Objects.equals(record.document(), copy.document())) {
            found.add("'" + record.id() + "' has another document");
        }
        if (!Objects.equals(record.uri(), copy.uri())) {
            found.add("'" + record.id() + "' has another uri");
        }
        if (!stored(record.metadata()).equals(stored(copy.metadata()))) {
            found.add("'" + record.id() + "' has other metadata");
        }
    }

    /** As float32, zero and minus zero apart. */
    private static boolean sameBits(float @Nullable [] one, float @Nullable [] other) {
        // Arrays.equals compares the bits of floats, but for NaN, which no embedding has.
        return Arrays.equals(one, other);
    }

    /** Metadata without keys is stored as none, and a key with an empty array not at all. */
    private static Map<String, MetadataValue> stored(@Nullable Map<String, MetadataValue> metadata) {
        Map<String, MetadataValue> kept = metadata == null ? new HashMap<>() : new HashMap<>(metadata);
        kept.values().removeIf(Comparison::isEmptyArray);
        return kept;
    }

    private static boolean isEmptyArray(MetadataValue value) {
        return switch (value) {
            case MetadataValue.StrArray array -> array.values().isEmpty();
            case MetadataValue.IntArray array -> array.values().isEmpty();
            case MetadataValue.FloatArray array -> array.values().isEmpty();
            case MetadataValue.BoolArray array -> array.values().isEmpty();
            default -> false;
        };
    }
}
