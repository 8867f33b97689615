package io.forebay.bench.run;

import io.forebay.bench.load.BatchSource;
import io.forebay.engine.Forebay;
import io.forebay.engine.ForebayOptions;
import io.forebay.engine.Position;
import io.forebay.engine.VectorCollection;
import io.forebay.model.CollectionConfig;
import io.forebay.model.CollectionInfo;
import io.forebay.model.QueryRequest;
import io.forebay.model.RecordBatch;
import io.forebay.model.Space;
import java.nio.file.Path;
import java.util.List;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/** The engine in this process. */
final class EngineTarget implements QueryTarget {
    private final Forebay forebay;
    private final Space space;
    private final int efSearch;
    private @Nullable VectorCollection used;

    private EngineTarget(Forebay forebay, Space space, int efSearch) {
        this.forebay = forebay;
        this.space = space;
        this.efSearch = efSearch;
    }

    static EngineTarget open(Path directory, Space space, int efSearch) {
        return new EngineTarget(Forebay.open(directory, ForebayOptions.defaults()), space, efSearch);
    }

    @Override
    public String name() {
        return "in_process";
    }

    @Override
    public @Nullable ProcessHandle server() {
        return null;
    }

    @Override
    public void use(String collection) {
        used = forebay.getOrCreateCollection(collection, CollectionConfig.of(space));
    }

    @Override
    public void drop() {
        CollectionInfo info = collection().info();
        forebay.deleteCollection(info.tenant(), info.database(), info.name()).join();
    }

    private VectorCollection collection() {
        return Objects.requireNonNull(used);
    }

    @Override
    public void load(BatchSource source) {
        for (RecordBatch batch = source.next(); batch != null; batch = source.next()) {
            collection().write(batch).join();
        }
    }

    @Override
    public long unlinked() {
        return collection().status().indexLag().records();
    }

    @Override
    public void drain() {
        collection().flush(Position.LINKED).join();
    }

    @Override
    public List<String> nearest(float[] embedding, int count) {
        QueryRequest request = Queries.request(embedding, count, efSearch);
        return Queries.ids(collection().query(request).join());
    }

    @Override
    public void close() {
        forebay.close();
    }
}
