package io.forebay.engine.history;

import io.forebay.engine.history.Question.Kind;
import io.forebay.model.GetRequest;
import io.forebay.model.Hit;
import io.forebay.model.Include;
import io.forebay.model.MetadataValue;
import io.forebay.model.Operation;
import io.forebay.model.QueryRequest;
import io.forebay.model.ReadLevel;
import io.forebay.model.ReadOptions;
import io.forebay.model.ReadPosition;
import io.forebay.model.RecordBatch;
import io.forebay.model.RecordBatchBuilder;
import io.forebay.model.StoredRecord;
import io.forebay.model.Where;
import java.util.ArrayList;
import java.util.EnumSet;
import java.util.List;
import java.util.Random;
import java.util.TreeSet;
import java.util.concurrent.atomic.AtomicLong;

/**
 * One client: does one random operation after another on one collection and records it. Some ids belong to all clients,
 * some to it alone. One thread.
 */
public final class RandomClient {
    static final String OWN = "own-";
    private static final int SHARED_IDS = 40;
    private static final int OWN_IDS = 12;
    private static final int BATCH_MAX = 8;

    private final int number;
    private final Target target;
    private final History history;
    private final AtomicLong stamps;
    private final Random random;
    /** The last that it was acked, or saw. */
    private long known;

    /** @param stamps shared by all clients of a collection */
    public RandomClient(int number, Target target, History history, AtomicLong stamps, long seed) {
        this.number = number;
        this.target = target;
        this.history = history;
        this.stamps = stamps;
        this.random = new Random(seed + number);
    }

    public void step() {
        if (random.nextInt(100) < 45) {
            write();
        } else {
            read();
        }
    }

    /** Everything, at the default level: after it nothing that was acked can be missing unnoticed. */
    public void readAll() {
        boolean answered = false;
        while (!answered) {
            answered = ask(new Question(Kind.GET, null, null, null, 0), ReadLevel.INDEX_AND_WAL, 0);
        }
    }

    private void write() {
        int dice = random.nextInt(100);
        if (dice < 12) {
            delete();
            return;
        }
        Operation operation = dice < 55 ? Operation.UPSERT : dice < 75 ? Operation.UPDATE : Operation.ADD;
        boolean vectors = operation != Operation.UPDATE || random.nextBoolean();
        List<String> ids = ids(1 + random.nextInt(BATCH_MAX));
        long stamp = stamps.incrementAndGet();
        RecordBatchBuilder batch = RecordBatch.builder(operation);
        for (String id : ids) {
            batch.record(id, vectors ? Content.vector(id, stamp) : null, Content.document(id, stamp),
                    Content.values(Content.metadata(number, stamp)), null);
        }
        long begin = System.nanoTime();
        Target.Acked acked = target.write(batch.build());
        record(operation, ids, stamp, vectors, begin, acked);
    }

    /** One of those that others write too, or several of its own. */
    private void delete() {
        List<String> ids = random.nextBoolean() ? List.of(shared()) : own(1 + random.nextInt(4));
        long begin = System.nanoTime();
        record(Operation.DELETE, ids, 0, false, begin, target.delete(ids));
    }

    private void record(Operation operation, List<String> ids, long stamp, boolean vectors, long begin,
            Target.Acked acked) {
        known = Math.max(known, acked.maxSeqId());
        history.add(
                new Write(number, operation, ids, stamp, vectors, begin, System.nanoTime(), acked.maxSeqId(),
                        acked.records()));
    }

    private void read() {
        Kind kind = Kind.values()[random.nextInt(3)];
        List<String> ids = random.nextInt(3) == 0 ? ids(1 + random.nextInt(10)) : null;
        Integer group = random.nextInt(3) == 0 ? random.nextInt(Content.GROUPS) : null;
        float[] vector = kind == Kind.QUERY ? Content.vector(shared(), random.nextInt(1000)) : null;
        ReadLevel level = ReadLevel.values()[random.nextInt(3)];
        long minSeqId = random.nextInt(3) == 0 ? known : 0;
        ask(new Question(kind, ids, group, vector, 1 + random.nextInt(12)), level, minSeqId);
    }

    /** False when the store went away under it. */
    private boolean ask(Question question, ReadLevel level, long minSeqId) {
        ReadPosition[] position = new ReadPosition[1];
        ReadOptions read = new ReadOptions(level, minSeqId, 0).tellingPosition(told -> position[0] = told);
        int life = target.life();
        long begin = System.nanoTime();
        List<Seen> seen = new ArrayList<>();
        long count;
        try {
            count = answer(question, read, seen);
        } catch (Target.BrokenException broken) {
            return false;
        }
        long end = System.nanoTime();
        if (position[0] == null) {
            throw new IllegalStateException("the answer does not tell its position");
        }
        known = Math.max(known, position[0].appliedSeqId());
        history.add(new Read(number, life, level, minSeqId, question, begin, end, position[0].appliedSeqId(),
                position[0].linkedSeqId(), count, seen));
        return true;
    }

    private long answer(Question question, ReadOptions read, List<Seen> seen) {
        Where where = question.group() == null
                ? null
                : new Where.Compare(Content.GROUP, Where.Comparison.EQ,
                        MetadataValue.of((long) question.group()));
        switch (question.kind()) {
            case COUNT -> {
                return target.count(question.ids(), where, read);
            }
            case GET -> {
                EnumSet<Include> include = EnumSet.of(Include.METADATAS, Include.DOCUMENTS,
                        Include.EMBEDDINGS);
                for (StoredRecord one : target.get(new GetRequest(question.ids(), where, null, 0, include),
                        read)) {
                    seen.add(seen(one, Float.NaN));
                }
            }
            case QUERY -> {
                EnumSet<Include> include = EnumSet.of(Include.METADATAS, Include.DOCUMENTS,
                        Include.DISTANCES);
                for (Hit hit : target.query(new QueryRequest(List.of(question.vector()), question.k(),
                        question.ids(), where, include, 0), read)) {
                    seen.add(seen(hit.record(), hit.distance()));
                }
            }
        }
        return seen.size();
    }

    private static Seen seen(StoredRecord record, float distance) {
        return new Seen(record.id(), Content.numbers(record.metadata()), record.document(),
                record.embedding(),
                distance);
    }

    private String shared() {
        return "shared-" + random.nextInt(SHARED_IDS);
    }

    private List<String> own(int count) {
        TreeSet<String> ids = new TreeSet<>();
        for (int i = 0; i < count; i++) {
            ids.add(OWN + number + "-" + random.nextInt(OWN_IDS));
        }
        return List.copyOf(ids);
    }

    private List<String> ids(int count) {
        TreeSet<String> ids = new TreeSet<>();
        for (int i = 0; i < count; i++) {
            ids.addAll(random.nextInt(3) == 0 ? own(1) : List.of(shared()));
        }
        return List.copyOf(ids);
    }
}
