package io.forebay.bench.query;

import io.forebay.bench.load.ServerProcess;
import io.forebay.engine.Forebay;
import io.forebay.engine.ForebayOptions;
import io.forebay.engine.Position;
import io.forebay.engine.VectorCollection;
import io.forebay.model.CollectionConfig;
import io.forebay.model.CollectionInfo;
import io.forebay.model.RecordBatch;
import java.nio.file.Path;
import java.util.List;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/** The engine in this process. */
final class EngineStore implements Store {
    private final Forebay forebay;
    private final AnswerFields fields;
    private volatile @Nullable VectorCollection used;

    private EngineStore(Forebay forebay, AnswerFields fields) {
        this.forebay = forebay;
        this.fields = fields;
    }

    static EngineStore open(Path directory, AnswerFields fields) {
        return new EngineStore(Forebay.open(directory, ForebayOptions.defaults()), fields);
    }

    @Override
    public List<Side> sides() {
        return List.of(Side.IN_PROCESS);
    }

    @Override
    public @Nullable ServerProcess server() {
        return null;
    }

    @Override
    public void use(String collection, CollectionConfig config) {
        VectorCollection before = used;
        if (before != null) {
            CollectionInfo info = before.info();
            forebay.deleteCollection(info.tenant(), info.database(), info.name()).join();
        }
        used = forebay.getOrCreateCollection(collection, config);
    }

    private VectorCollection collection() {
        return Objects.requireNonNull(used);
    }

    @Override
    public void write(RecordBatch batch) {
        collection().write(batch).join();
    }

    @Override
    public void drain() {
        collection().flush(Position.LINKED).join();
    }

    @Override
    public long unlinked() {
        return collection().status().indexLag().records();
    }

    @Override
    public Asker asker(Side side) {
        VectorCollection asked = collection();
        return (embedding, count, ef) -> AnswerFields
                .ids(asked.query(fields.request(embedding, count, ef)).join());
    }

    @Override
    public void close() {
        forebay.close();
    }
}
