package io.forebay.etl.commit;

import io.forebay.etl.db.ImportDatabase;
import io.forebay.etl.db.ImportDatabase.Family;
import io.forebay.model.ErrorCode;
import io.forebay.model.ForebayException;
import io.forebay.model.StoredRecord;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HexFormat;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** Reads the family ROWS. What it answers is what the hash says, or an UNAVAILABLE that names the row. Threads: any. */
final class Rows {
    private final ImportDatabase db;

    Rows(ImportDatabase db) {
        this.db = db;
    }

    /** The rows of these entries, all of which are there, in their order. */
    List<StoredRecord> load(List<Tree.Entry> entries) {
        List<byte[]> hashes = new ArrayList<>(entries.size());
        for (Tree.Entry entry : entries) {
            byte[] row = entry.version().row();
            if (row == null) {
                throw new IllegalArgumentException("no row at [" + Keys.text(entry.id()) + "]");
            }
            hashes.add(row);
        }
        // RocksDB takes no empty list.
        List<byte @Nullable []> values = hashes.isEmpty() ? List.of() : db.getAll(Family.ROWS, hashes);
        List<StoredRecord> rows = new ArrayList<>(entries.size());
        for (int i = 0; i < entries.size(); i++) {
            rows.add(row(Keys.text(entries.get(i).id()), hashes.get(i), values.get(i)));
        }
        return rows;
    }

    private static StoredRecord row(String id, byte[] hash, byte @Nullable [] value) {
        if (value == null) {
            throw damaged(id, hash, "it is missing");
        }
        if (!Arrays.equals(CanonicalRow.hash(value), hash)) {
            throw damaged(id, hash, "its content has another hash");
        }
        try {
            return CanonicalRow.decode(id, value);
        } catch (IllegalArgumentException e) {
            throw damaged(id, hash, String.valueOf(e.getMessage()));
        }
    }

    private static ForebayException damaged(String id, byte[] hash, String what) {
        return new ForebayException(ErrorCode.UNAVAILABLE, "The history of record [" + id
                + "] is damaged at row " + HexFormat.of().formatHex(hash) + ": " + what);
    }
}
