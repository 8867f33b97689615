package io.forebay.index.vector;

/** Which kernels this process computes distances with. */
public final class KernelKind {
    private KernelKind() {}

    /** Of codes: the library of this module, which needs Linux on x86-64. */
    public static boolean isNative() {
        return NativeKernels.available();
    }

    public static String text() {
        return "codes by " + (isNative() ? "the native library, level " + NativeKernels.levelUsed() : "Java")
                + ", float32 by the Vector API with " + DistanceKernels.bits() + " bits";
    }
}
