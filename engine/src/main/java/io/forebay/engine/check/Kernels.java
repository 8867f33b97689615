package io.forebay.engine.check;

import io.forebay.index.vector.KernelKind;

/** Which code computes distances on this machine. */
public final class Kernels {
    private Kernels() {}

    /** Whether the library made for this machine is used, and not its slower twin in Java. */
    public static boolean isNative() {
        return KernelKind.isNative();
    }

    /** One clause. */
    public static String text() {
        return KernelKind.text();
    }
}
