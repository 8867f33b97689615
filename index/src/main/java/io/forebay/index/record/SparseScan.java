package io.forebay.index.record;

import io.forebay.model.MetadataCodec;
import io.forebay.model.MetadataValue;
import io.forebay.model.SparseVector;

/**
 * Compares a sparse query with the records that it is shown, for rows that may lack postings. The sum is that of {@link
 * WeightSums}: the same products in the same order.
 */
final class SparseScan implements RecordScan.Visitor {
    private final String key;
    private final SparseVector query;
    private final SparseTop top;

    SparseScan(String key, SparseVector query, SparseTop top) {
        this.key = key;
        this.query = query;
        this.top = top;
    }

    @Override
    public boolean visit(RecordScan record) {
        byte[] encoded = record.metadata();
        if (encoded != null
                && MetadataCodec.decode(encoded).get(key) instanceof MetadataValue.Sparse sparse) {
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
}
