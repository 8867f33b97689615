package io.forebay.index.record;

import io.forebay.model.MetadataCodec;
import io.forebay.model.MetadataValue;
import io.forebay.model.SparseVector;
import java.util.Map;

/** Compares with the sparse vector of every record that it is shown. */
final class SparseSearch implements RecordScan.Visitor {
    private final String key;
    private final SparseVector query;
    private final SparseTop top;

    SparseSearch(String key, SparseVector query, int k) {
        this.key = key;
        this.query = query;
        this.top = new SparseTop(k);
    }

    @Override
    public boolean visit(RecordScan record) {
        byte[] encoded = record.metadata();
        if (encoded == null) {
            return true;
        }
        Map<String, MetadataValue> metadata = MetadataCodec.decode(encoded);
        if (metadata.get(key) instanceof MetadataValue.Sparse sparse) {
            compare(record.row(), sparse.vector());
        }
        return true;
    }

    private void compare(int row, SparseVector vector) {
        int i = 0;
        int j = 0;
        float dot = 0;
        boolean shares = false;
        while (i < query.size() && j < vector.size()) {
            int order = Integer.compareUnsigned(query.indices()[i], vector.indices()[j]);
            if (order == 0) {
                dot += query.values()[i] * vector.values()[j];
                shares = true;
            }
            i += order <= 0 ? 1 : 0;
            j += order >= 0 ? 1 : 0;
        }
        if (shares) {
            top.offer(row, 1 - dot);
        }
    }

    SparseHits finish() {
        return top.finish();
    }
}
