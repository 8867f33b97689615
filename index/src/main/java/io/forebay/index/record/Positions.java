package io.forebay.index.record;

import io.forebay.index.record.RecordStore.CollectionState;

/**
 * How far a collection has come, written with every batch it covers. Big-endian; part of the format.
 * <pre>
 *   version:1 = 1 | appliedSeqId:8 | nextRow:4 | ordinals:4 | live:4 | operations:8
 * </pre>
 */
final class Positions {
    static final CollectionState NONE = new CollectionState(0, 0, 0, 0, 0);
    static final int BYTES = 29;
    private static final byte VERSION = 1;

    private Positions() {}

    static byte[] encode(CollectionState state) {
        byte[] value = new byte[BYTES];
        value[0] = VERSION;
        Keys.LONG_BE.set(value, 1, state.appliedSeqId());
        Keys.INT_BE.set(value, 9, state.nextRow());
        Keys.INT_BE.set(value, 13, state.ordinals());
        Keys.INT_BE.set(value, 17, state.live());
        Keys.LONG_BE.set(value, 21, state.operations());
        return value;
    }

    static CollectionState decode(byte[] value) {
        if (value.length != BYTES || value[0] != VERSION) {
            throw new RecordStoreException("a collection's position has " + value.length
                    + " bytes and version "
                    + (value.length == 0 ? "none" : value[0]) + "; expected " + BYTES + " and " + VERSION);
        }
        CollectionState state = new CollectionState((long) Keys.LONG_BE.get(value, 1),
                (int) Keys.INT_BE.get(value, 9), (int) Keys.INT_BE.get(value, 13),
                (int) Keys.INT_BE.get(value, 17), (long) Keys.LONG_BE.get(value, 21));
        if (state.live() < 0 || state.live() > state.nextRow() || state.live() > state.ordinals()) {
            throw new RecordStoreException("a collection's position contradicts itself: " + state);
        }
        return state;
    }
}
