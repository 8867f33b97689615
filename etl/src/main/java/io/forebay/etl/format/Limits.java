package io.forebay.etl.format;

/** How limits are told to people, in the same words by every format. */
final class Limits {
    private Limits() {}

    static String tooLong(String place, int lineBytesMax) {
        return place + " has more than " + lineBytesMax + " bytes (limit imports.max_document_bytes)";
    }
}
