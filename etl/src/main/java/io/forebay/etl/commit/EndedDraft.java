package io.forebay.etl.commit;

import io.forebay.etl.db.ImportDatabase;
import java.util.ArrayList;
import java.util.Collection;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import org.rocksdb.WriteBatch;

/** What a job finds that had ended its commit before it was killed. Nothing more can be put into it. Threads: any. */
final class EndedDraft implements CommitDraft {
    private final Tree tree;
    private final CommitInfo commit;

    EndedDraft(ImportDatabase db, CommitInfo commit) {
        this.tree = new Tree(db);
        this.commit = commit;
    }

    @Override
    public UUID collection() {
        return commit.collection();
    }

    @Override
    public Map<String, RowState> find(Collection<String> ids) {
        List<String> asked = new ArrayList<>(ids);
        List<Version> versions = tree.at(commit.collection(), commit.number(),
                asked.stream().map(Keys::utf8).toList());
        Map<String, RowState> states = new HashMap<>();
        for (int i = 0; i < asked.size(); i++) {
            byte[] row = versions.get(i).row();
            if (row != null) {
                states.put(asked.get(i), new RowState(row, versions.get(i).source()));
            }
        }
        return states;
    }

    @Override
    public void put(WriteBatch batch, List<RowChange> changes, long operations) {
        throw new IllegalStateException("commit " + commit.id() + " is finished");
    }

    @Override
    public Counts counts() {
        return new Counts(commit.inserted(), commit.updated(), commit.deleted());
    }

    @Override
    public CommitInfo finish() {
        return commit;
    }
}
