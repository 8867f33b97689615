package io.forebay.model;

/** What a batch does to the records it names. The codes are part of the batch format. */
public enum Operation {
    /** Inserts; an id that exists is left as it is, and of equal ids in one batch the first wins. */
    ADD(1),
    /** Inserts or updates: embedding replaced, document and uri replaced if given, metadata merged. */
    UPSERT(2),
    /** Updates as {@link #UPSERT} does; an id that does not exist is skipped. */
    UPDATE(3),
    /** Removes the ids that exist. */
    DELETE(4);

    private final int code;

    Operation(int code) {
        this.code = code;
    }

    public int code() {
        return code;
    }

    public static Operation ofCode(int code) {
        for (Operation operation : values()) {
            if (operation.code == code) {
                return operation;
            }
        }
        throw new IllegalArgumentException("unknown operation code " + code);
    }
}
