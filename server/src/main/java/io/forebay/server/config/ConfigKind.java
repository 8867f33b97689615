package io.forebay.server.config;

/** What kind of value a key takes. */
enum ConfigKind {
    TEXT, FLAG, NUMBER,
    /** A number of bytes, also written {@code 64KiB}, {@code 256MiB}, {@code 8GiB}. */
    BYTES,
    /** One of a few words. */
    CHOICE,
    /** A list in YAML; elsewhere separated by commas. */
    LIST,
    /** Names, each with settings of its own: a map of maps in YAML; elsewhere the same in one line of YAML or JSON. */
    TABLE
}
