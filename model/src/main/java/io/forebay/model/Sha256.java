package io.forebay.model;

import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;

/** The hash by which tokens, rows, files and idempotency keys are known. */
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
