package io.forebay.server.migrate;

import io.forebay.model.ForebayException;
import io.forebay.model.Operation;
import io.forebay.model.RecordBatch;
import io.forebay.model.RecordBatchBuilder;
import io.forebay.model.StoredRecord;
import io.forebay.server.http.json.AnswerDecoder;
import io.forebay.server.http.json.Json;
import java.util.ArrayList;
import java.util.List;

/** Records that the source delivered, decoded when somebody looks at them, on that thread. */
interface Page {
    /** As they came, about; 0 when that is not known. */
    int bytes();

    /** @throws io.forebay.model.ForebayException also when they make no batch, see {@link AnswerDecoder#batch} */
    RecordBatch batch();

    /** One by one, for those that make no batch. */
    List<StoredRecord> records();

    static RecordBatch batch(List<StoredRecord> records) {
        RecordBatchBuilder batch = RecordBatch.builder(Operation.ADD);
        records.forEach(record -> batch.record(record.id(), record.embedding(), record.document(),
                record.metadata(), record.uri()));
        return batch.build();
    }

    /** The answer of a get, as JSON. */
    @SuppressWarnings("ArrayRecordComponent")
    record OfJson(byte[] body) implements Page {
        @Override
        public int bytes() {
            return body.length;
        }

        @Override
        public RecordBatch batch() {
            return Json.decode(body, body.length, AnswerDecoder::batch);
        }

        @Override
        public List<StoredRecord> records() {
            return Json.decode(body, body.length, AnswerDecoder::records);
        }
    }

    /** The answer of a get over the binary protocol, which goes on as it came. */
    record OfBatch(RecordBatch came) implements Page {
        @Override
        public int bytes() {
            return came.encodedBytes();
        }

        @Override
        public RecordBatch batch() {
            if (came.embeddingCount() < came.size()) {
                throw ForebayException.invalid("a record has no embedding");
            }
            return came.as(Operation.ADD);
        }

        @Override
        public List<StoredRecord> records() {
            List<StoredRecord> records = new ArrayList<>(came.size());
            for (int i = 0; i < came.size(); i++) {
                float[] embedding = came.hasEmbedding(i) ? new float[came.dimension()] : null;
                if (embedding != null) {
                    came.copyEmbedding(i, embedding);
                }
                records.add(new StoredRecord(came.id(i), embedding, came.metadata(i), came.document(i),
                        came.uri(i)));
            }
            return records;
        }
    }
}
