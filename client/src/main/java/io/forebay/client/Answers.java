package io.forebay.client;

import com.fasterxml.jackson.core.JsonParser;

/** The small answers. */
final class Answers {
    private Answers() {}

    static long heartbeat(Answer answer) {
        long[] nanos = {0};
        return AnswerReader.read(answer, json -> {
            AnswerReader.object(json, (name, value) -> {
                if (name.equals("nanosecond heartbeat")) {
                    nanos[0] = value.getLongValue();
                }
            });
            return nanos[0];
        });
    }

    static String text(Answer answer) {
        return AnswerReader.read(answer, AnswerReader::requiredText);
    }

    static int integer(Answer answer) {
        return AnswerReader.read(answer, JsonParser::getIntValue);
    }

    static int deleted(Answer answer) {
        return number(answer, "deleted");
    }

    /** One field of an object; 0 when it is not there. */
    static int number(Answer answer, String field) {
        int[] number = {0};
        return AnswerReader.read(answer, json -> {
            AnswerReader.object(json, (name, value) -> {
                if (name.equals(field)) {
                    number[0] = value.getIntValue();
                }
            });
            return number[0];
        });
    }

    static IndexingStatus indexingStatus(Answer answer) {
        double[] progress = {0};
        long[] operations = new long[3];
        return AnswerReader.read(answer, json -> {
            AnswerReader.object(json, (name, value) -> {
                switch (name) {
                    case "op_indexing_progress" -> progress[0] = value.getDoubleValue();
                    case "num_unindexed_ops" -> operations[0] = value.getLongValue();
                    case "num_indexed_ops" -> operations[1] = value.getLongValue();
                    case "total_ops" -> operations[2] = value.getLongValue();
                    default -> value.skipChildren();
                }
            });
            return new IndexingStatus(progress[0], operations[0], operations[1], operations[2]);
        });
    }
}
