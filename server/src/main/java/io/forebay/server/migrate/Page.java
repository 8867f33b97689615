package io.forebay.server.migrate;

import io.forebay.model.Operation;
import io.forebay.model.RecordBatch;
import io.forebay.model.RecordBatchBuilder;
import io.forebay.model.StoredRecord;
import io.forebay.server.http.json.AnswerDecoder;
import io.forebay.server.http.json.Json;
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

    /** The answer of a get over the binary protocol, of which only the embeddings count as bytes. */
    record OfRecords(List<StoredRecord> records) implements Page {
        @Override
        public int bytes() {
            float[] first = records.isEmpty() ? null : records.getFirst().embedding();
            return first == null ? 0 : (int) Math.min(Integer.MAX_VALUE, 4L * first.length * records.size());
        }

        @Override
        public RecordBatch batch() {
            return Page.batch(records);
        }
    }
}
