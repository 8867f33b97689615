package io.forebay.dist;

import java.io.BufferedOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.DigestOutputStream;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.HexFormat;
import java.util.List;
import java.util.zip.GZIPInputStream;

/**
 * A container image without Docker and without a registry: a tar in OCI's layout (image-spec 1.1) of two layers, the base
 * (a folder that {@code dist/base-layer.sh} made of Debian packages: libc, libstdc++, a shell) and Forebay. It takes
 * what {@code Dockerfile} says: user, volume, ports, the signal that stops it and the check of its health.
 *
 * <p>The configuration is a template, {@code oci-config.json}; the index and the manifest are short and written here.
 */
final class OciImage {
    private static final int USER = 10_001;

    private record Layer(Path blob, String digest, String contentDigest) {}

    private final Build build;
    private final Path folder;
    private final Path base;
    private final Path work;

    OciImage(Build build, Path folder, Path base) {
        this.build = build;
        this.folder = folder;
        this.base = base.isAbsolute() ? base : build.root().resolve(base);
        this.work = build.target().resolve("oci");
    }

    Path write() throws IOException {
        if (!Files.exists(base.resolve("bin/sh"))) {
            throw new IOException(base + " is no base: make it with dist/base-layer.sh");
        }
        Files.createDirectories(work);
        List<Layer> layers = List.of(layer("base", tar -> tar.tree(base, ".")),
                layer("forebay", this::program));
        byte[] config = bytes(Files.readString(build.file("oci-config.json"))
                .replace("@TIME@", build.time().toString())
                .replace("@VERSION@", build.version())
                .replace("@BASE@", layers.get(0).contentDigest())
                .replace("@FOREBAY@", layers.get(1).contentDigest()));
        byte[] manifest = bytes("""
                {"schemaVersion":2,"mediaType":"application/vnd.oci.image.manifest.v1+json",\
                "config":%s,"layers":[%s,%s]}
                """.formatted(descriptor("config.v1+json", digest(config), config.length),
                descriptor(layers.get(0)), descriptor(layers.get(1))));
        byte[] index = bytes("""
                {"schemaVersion":2,"mediaType":"application/vnd.oci.image.index.v1+json","manifests":[\
                {"mediaType":"application/vnd.oci.image.manifest.v1+json","digest":"sha256:%s","size":%d,\
                "platform":{"architecture":"amd64","os":"linux"},\
                "annotations":{"org.opencontainers.image.ref.name":"%s"}}]}
                """.formatted(digest(manifest), manifest.length, build.version()));
        return write(layers, config, manifest, index);
    }

    private Path write(List<Layer> layers, byte[] config, byte[] manifest, byte[] index) throws IOException {
        Path made = build.target().resolve("forebay-" + build.version() + "-oci.tar");
        try (OutputStream out = new BufferedOutputStream(Files.newOutputStream(made));
                TarFile tar = TarFile.plain(out, build.time())) {
            tar.file("oci-layout", "{\"imageLayoutVersion\":\"1.0.0\"}\n", Modes.FILE);
            tar.file("index.json", index, Modes.FILE);
            tar.folder("blobs", 0755);
            tar.folder("blobs/sha256", 0755);
            tar.file("blobs/sha256/" + digest(manifest), manifest, Modes.FILE);
            tar.file("blobs/sha256/" + digest(config), config, Modes.FILE);
            for (Layer layer : layers) {
                tar.file("blobs/sha256/" + layer.digest(), layer.blob(), Modes.FILE);
            }
        }
        return made;
    }

    @FunctionalInterface
    private interface Content {
        void to(TarFile tar) throws IOException;
    }

    private Layer layer(String name, Content content) throws IOException {
        Path blob = work.resolve(name + ".tar.gz");
        try (TarFile tar = TarFile.gzipped(blob, build.time())) {
            content.to(tar);
        }
        MessageDigest plain = sha256();
        try (InputStream in = new GZIPInputStream(Files.newInputStream(blob));
                OutputStream out = new DigestOutputStream(OutputStream.nullOutputStream(), plain)) {
            in.transferTo(out);
        }
        return new Layer(blob, digest(Files.readAllBytes(blob)), HexFormat.of().formatHex(plain.digest()));
    }

    private void program(TarFile tar) throws IOException {
        tar.folder("opt", 0755);
        tar.tree(folder, "opt/forebay");
        tar.folder("etc", 0755);
        tar.file("etc/passwd", "root:x:0:0:root:/:/bin/sh\nforebay:x:" + USER + ":" + USER
                + "::/var/lib/forebay:/bin/sh\n", Modes.FILE);
        tar.file("etc/group", "root:x:0:\nforebay:x:" + USER + ":\n", Modes.FILE);
        tar.folder("tmp", 01777);
        tar.folder("var", 0755);
        tar.folder("var/lib", 0755);
        tar.folder("var/lib/forebay", 0700, USER);
    }

    private static String descriptor(Layer layer) throws IOException {
        return descriptor("layer.v1.tar+gzip", layer.digest(), Files.size(layer.blob()));
    }

    private static String descriptor(String kind, String digest, long size) {
        return "{\"mediaType\":\"application/vnd.oci.image." + kind + "\",\"digest\":\"sha256:" + digest
                + "\",\"size\":" + size + "}";
    }

    private static byte[] bytes(String text) {
        return text.getBytes(StandardCharsets.UTF_8);
    }

    private static String digest(byte[] content) {
        return HexFormat.of().formatHex(sha256().digest(content));
    }

    private static MessageDigest sha256() {
        try {
            return MessageDigest.getInstance("SHA-256");
        } catch (NoSuchAlgorithmException e) {
            throw new IllegalStateException(e);
        }
    }
}
