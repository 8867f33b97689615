package io.forebay.client;

/** How this client names itself to servers. */
final class ClientVersion {
    static final String NAME = "forebay-java/" + version();

    private ClientVersion() {}

    /** Of the archive that it comes from. */
    private static String version() {
        Package of = ClientVersion.class.getPackage();
        String version = of == null ? null : of.getImplementationVersion();
        return version == null ? "unpacked" : version;
    }
}
