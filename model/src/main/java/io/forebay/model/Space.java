package io.forebay.model;

/** How the distance between two vectors is measured, with Chroma's names and exact values. */
public enum Space {
    /** Squared Euclidean distance. */
    L2("l2"),
    /** One minus the dot product. */
    IP("ip"),
    /** One minus the cosine; a zero vector is at distance 1 from everything. */
    COSINE("cosine");

    private final String wireName;

    Space(String wireName) {
        this.wireName = wireName;
    }

    /** @throws IllegalArgumentException where no space has that name */
    public static Space of(String wireName) {
        for (Space space : values()) {
            if (space.wireName.equals(wireName)) {
                return space;
            }
        }
        throw new IllegalArgumentException(
                "unknown space `" + wireName + "`, expected one of `l2`, `cosine`, `ip`");
    }

    /** The name used in JSON and metadata: {@code l2}, {@code ip} or {@code cosine}. */
    public String wireName() {
        return wireName;
    }
}
