package io.forebay.engine;

import io.forebay.index.record.RecordStore.CatalogEntry;
import io.forebay.index.vector.IndexEngine;
import io.forebay.index.vector.VectorConfig;
import io.forebay.model.CollectionInfo;
import io.forebay.model.Database;
import io.forebay.model.Finding;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Comparator;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.function.Consumer;

/**
 * The catalog's rows as a stopped store has them, for tools: what they name, and what is wrong with them.
 *
 * @param collections ordered by number
 * @param removing    numbers of collections that are being removed, or were being prepared
 * @param nextNumber  collections with lower numbers that are not here were dropped
 */
public record CatalogView(List<CollectionInfo> collections, Set<Integer> removing, int nextNumber) {

    /** Reads all rows; one that cannot be read, or contradicts others, is a finding. */
    public static CatalogView of(List<CatalogEntry> rows, Consumer<Finding> out) {
        Reading reading = new Reading(out);
        rows.forEach(reading::row);
        reading.compare();
        reading.collections.sort(Comparator.comparingInt(CollectionInfo::number));
        return new CatalogView(List.copyOf(reading.collections), Set.copyOf(reading.removing),
                reading.nextNumber);
    }

    /** What the collection's vectors are stored with. */
    public static VectorConfig vectors(CollectionInfo info) {
        return Segments.config(info.config().hnsw(), info.dimension(), IndexEngine.NATIVE);
    }

    private static final class Reading {
        private final Consumer<Finding> out;
        private final List<CollectionInfo> collections = new ArrayList<>();
        private final Set<Integer> removing = new HashSet<>();
        private final Set<String> tenants = new HashSet<>();
        private final List<Database> databases = new ArrayList<>();
        private int nextNumber;

        Reading(Consumer<Finding> out) {
            this.out = out;
        }

        private void row(CatalogEntry row) {
            byte[] value = row.value();
            byte kind = row.key()[0];
            try {
                if (value == null) {
                    throw new IllegalArgumentException("no value");
                }
                switch (kind) {
                    case CatalogRows.NEXT_NUMBER -> nextNumber = ByteBuffer.wrap(value).getInt();
                    case CatalogRows.DROPPED -> removing.add(ByteBuffer.wrap(value).getInt());
                    default -> CatalogCodec.decode(value).forEach(change -> take(row.key(), change));
                }
            } catch (RuntimeException damage) {
                out.accept(
                        damage("a row of kind '" + (char) kind + "' cannot be read: " + damage.getMessage())
                                .means("the store does not start"));
            }
        }

        private void take(byte[] key, CatalogChange change) {
            switch (change) {
                case CatalogChange.PutTenant put -> tenants.add(put.name());
                case CatalogChange.PutDatabase put -> databases.add(put.database());
                case CatalogChange.PutCollection put -> {
                    if (!Arrays.equals(key, CatalogRows.collection(put.info().number()))) {
                        out.accept(
                                damage("its row has the key of another collection").in(put.info().number()));
                    }
                    collections.add(put.info());
                }
                default -> out.accept(damage("a row holds " + change.getClass().getSimpleName()));
            }
        }

        private void compare() {
            Set<String> places = new HashSet<>();
            for (Database database : databases) {
                places.add(database.tenant() + "\n" + database.name());
                if (!tenants.contains(database.tenant())) {
                    out.accept(damage("database [" + database.name() + "] is of tenant [" + database.tenant()
                            + "], which does not exist").means("the store may not start"));
                }
            }
            Set<String> names = new HashSet<>();
            for (CollectionInfo info : collections) {
                String place = info.tenant() + "\n" + info.database();
                if (!places.contains(place)) {
                    out.accept(
                            damage("it is in database [" + info.database() + "] of tenant [" + info.tenant()
                                    + "], which does not exist").in(info.number())
                                    .means("nobody can name it"));
                }
                if (!names.add(place + "\n" + info.name())) {
                    out.accept(
                            damage("another collection of its database has the same name").in(info.number())
                                    .means("one of them cannot be named"));
                }
                if (info.number() >= nextNumber && nextNumber > 0) {
                    out.accept(damage("its number is not below the next one, " + nextNumber).in(info.number())
                            .means("a new collection would share its records"));
                }
            }
        }

        private static Finding damage(String what) {
            return Finding.damage("catalog", "catalog", what).todo(Finding.FROM_BACKUP);
        }
    }
}
