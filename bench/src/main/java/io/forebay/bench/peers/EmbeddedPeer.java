package io.forebay.bench.peers;

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

/** Forebay as a library, in this process. */
final class EmbeddedPeer implements Peer {
    private final Forebay forebay;
    private final Path directory;
    private final Space space;
    private volatile int width;
    private @Nullable VectorCollection used;

    private EmbeddedPeer(Forebay forebay, Path directory, Space space) {
        this.forebay = forebay;
        this.directory = directory;
        this.space = space;
    }

    static EmbeddedPeer open(PeerSetup setup, Path directory) {
        return new EmbeddedPeer(Forebay.open(directory, ForebayOptions.defaults()), directory, setup.space());
    }

    private VectorCollection collection() {
        return Objects.requireNonNull(used);
    }

    @Override
    public String about() {
        return "this build as a library, default options (durability sync), M 16, efConstruction 100;"
                + " complete: flushed to LINKED";
    }

    @Override
    public void use(String name) {
        used = forebay.getOrCreateCollection(name, CollectionConfig.of(space));
    }

    @Override
    public void write(RecordBatch batch) {
        collection().write(batch).join();
    }

    @Override
    public void complete() {
        collection().flush(Position.LINKED).join();
    }

    @Override
    public long count() {
        return collection().status().records();
    }

    @Override
    public void searchWidth(int candidates) {
        width = candidates;
    }

    @Override
    public List<String> nearest(float[] embedding, int count) {
        QueryRequest plain = QueryRequest.nearest(embedding, count);
        QueryRequest request = new QueryRequest(plain.embeddings(), count, null, null, plain.include(),
                width);
        return collection().query(request).join().getFirst().stream().map(hit -> hit.record().id()).toList();
    }

    @Override
    public void drop() {
        CollectionInfo info = collection().info();
        forebay.deleteCollection(info.tenant(), info.database(), info.name()).join();
    }

    @Override
    public ProcessHandle process() {
        return ProcessHandle.current();
    }

    @Override
    public Path files() {
        return directory;
    }

    @Override
    public void collectGarbage() {
        OwnMemory.collectGarbage();
    }

    @Override
    public void close() {
        forebay.close();
    }
}
