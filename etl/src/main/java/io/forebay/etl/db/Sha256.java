package io.forebay.etl.db;

import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;

/** The hash by which rows, sources and texts are known in the import database. */
public final class Sha256 {
    private Sha256() {}

    /** A new one: a digest belongs to one thread. */
    public static MessageDigest digest() {
        try {
            return MessageDigest.getInstance("SHA-256");
        } catch (NoSuchAlgorithmException e) {
            throw new IllegalStateException("every Java has SHA-256", e);
        }
    }
}
