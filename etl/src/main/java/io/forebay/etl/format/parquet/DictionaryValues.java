package io.forebay.etl.format.parquet;

import java.nio.ByteBuffer;

/** Values by their places in the column chunk's dictionary. */
final class DictionaryValues implements Values {
    private final Object[] dictionary;
    private final RunLengths places;

    /** @param in one byte with the width of a place, then the places */
    DictionaryValues(Object[] dictionary, ByteBuffer in) {
        this.dictionary = dictionary;
        places = new RunLengths(in, in.get() & 0xff);
    }

    /** @param count that its page claims */
    static Object[] read(Leaf leaf, ByteBuffer page, int count) {
        int bytes = switch (leaf.type()) {
            case BOOLEAN -> Integer.MAX_VALUE; // they have no dictionaries
            case INT32, FLOAT, BINARY -> 4;
            case INT64, DOUBLE -> 8;
            case INT96 -> 12;
            case FIXED -> leaf.bytes();
        };
        ParquetException.require(count >= 0 && count <= page.remaining() / bytes,
                "a dictionary of " + page.remaining() + " bytes cannot have " + count + " values");
        PlainValues plain = new PlainValues(leaf, page);
        Object[] values = new Object[count];
        for (int i = 0; i < count; i++) {
            values[i] = plain.next();
        }
        return values;
    }

    @Override
    public Object next() {
        int place = places.next();
        ParquetException.require(place >= 0 && place < dictionary.length, "place " + place
                + " in a dictionary of " + dictionary.length);
        return dictionary[place];
    }
}
