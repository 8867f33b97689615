package io.forebay.server.doctor;

/**
 * One thing that was looked at.
 *
 * @param topic  what it is about, one or two words
 * @param what   how it is
 * @param advice what to do; empty when all is well
 */
public record Diagnosis(Level level, String topic, String what, String advice) {

    /** How it is to be taken. */
    public enum Level {
        OK,
        /** It works, and could be better or become trouble. */
        WARN,
        /** Data is at risk, or a server does not start or serve. */
        BAD
    }

    static Diagnosis ok(String topic, String what) {
        return new Diagnosis(Level.OK, topic, what, "");
    }

    static Diagnosis warn(String topic, String what, String advice) {
        return new Diagnosis(Level.WARN, topic, what, advice);
    }

    static Diagnosis bad(String topic, String what, String advice) {
        return new Diagnosis(Level.BAD, topic, what, advice);
    }

    static Diagnosis of(boolean isWell, String topic, String what, String otherwise) {
        return isWell ? ok(topic, what) : warn(topic, what, otherwise);
    }
}
