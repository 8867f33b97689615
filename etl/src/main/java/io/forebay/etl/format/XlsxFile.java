package io.forebay.etl.format;

import com.fasterxml.aalto.stax.InputFactoryImpl;
import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Enumeration;
import java.util.zip.ZipEntry;
import java.util.zip.ZipFile;
import javax.xml.stream.XMLInputFactory;
import javax.xml.stream.XMLStreamException;
import javax.xml.stream.XMLStreamReader;
import org.jspecify.annotations.Nullable;

/**
 * The parts of a workbook. Nothing that the zip file says of itself is believed: what comes out of it is counted.
 *
 * <p>Limits, each an {@link UnreadableFileException}: {@value #ENTRIES_MAX} entries, a directory of 16 MiB, 4 GiB of file
 * (no Zip64), expanded over compressed size beyond the first 64 MiB.
 */
final class XlsxFile implements AutoCloseable {
    static final int ENTRIES_MAX = 10_000;
    private static final long DIRECTORY_BYTES_MAX = 16L << 20;
    private static final long ZIP64 = 0xffffffffL;
    private static final XMLInputFactory XML = xml();

    private final ZipFile zip;
    private final long size;
    private final int ratioMax;
    private long expanded;

    private static XMLInputFactory xml() {
        XMLInputFactory factory = new InputFactoryImpl();
        factory.setProperty(XMLInputFactory.SUPPORT_DTD, Boolean.FALSE);
        factory.setProperty(XMLInputFactory.IS_SUPPORTING_EXTERNAL_ENTITIES, Boolean.FALSE);
        factory.setProperty(XMLInputFactory.IS_COALESCING, Boolean.FALSE);
        return factory;
    }

    XlsxFile(Path plain, int ratioMax) throws IOException {
        this.ratioMax = ratioMax;
        size = Files.size(plain);
        ZipEnd end = ZipEnd.of(plain);
        require(end.directoryAt() != ZIP64 && end.directoryBytes() != ZIP64,
                "it is a Zip64 file, as those above 4 GiB are");
        require(end.entries() <= ENTRIES_MAX,
                "it has " + end.entries() + " entries, more than " + ENTRIES_MAX);
        require(end.directoryBytes() <= DIRECTORY_BYTES_MAX, "its directory has " + end.directoryBytes()
                + " bytes, more than " + DIRECTORY_BYTES_MAX);
        try {
            zip = new ZipFile(plain.toFile());
        } catch (IOException | RuntimeException e) {
            throw new UnreadableFileException("The workbook cannot be read: " + e.getMessage(), e);
        }
        try {
            checkPromised();
        } catch (UnreadableFileException e) {
            zip.close();
            throw e;
        }
    }

    private static void require(boolean well, String what) throws UnreadableFileException {
        if (!well) {
            throw new UnreadableFileException("The workbook cannot be read: " + what);
        }
    }

    /** An honest bomb is refused before anything is expanded. */
    private void checkPromised() throws UnreadableFileException {
        long promised = 0;
        for (Enumeration<? extends ZipEntry> entries = zip.entries(); entries.hasMoreElements();) {
            promised += Math.max(0, entries.nextElement().getSize());
        }
        checkRatio(promised);
    }

    private void checkRatio(long bytes) throws UnreadableFileException {
        if (bytes > ExpandedInput.FREE_BYTES && bytes / ratioMax > size) {
            throw new UnreadableFileException("The workbook of " + size + " bytes expands to " + bytes
                    + " or more, more than " + ratioMax
                    + " times as much (limit imports.max_expanded_ratio)");
        }
    }

    void expanded(int bytes) throws UnreadableFileException {
        expanded += bytes;
        checkRatio(expanded);
    }

    /** Null if there is none. */
    @Nullable
    ZipEntry entry(String name) {
        return zip.getEntry(name.startsWith("/") ? name.substring(1) : name);
    }

    /** @param thingBytesMax how much may come before {@link XlsxPart#progress} is called again */
    XlsxPart open(ZipEntry entry, int thingBytesMax) throws IOException {
        InputStream in = zip.getInputStream(entry);
        if (in == null) {
            throw new UnreadableFileException("The workbook has no part " + entry.getName());
        }
        return new XlsxPart(in, this, entry.getName(), thingBytesMax);
    }

    static XMLStreamReader reader(XlsxPart part) throws XMLStreamException {
        return XML.createXMLStreamReader(part);
    }

    /** What an exception of the XML reader or of the zip file means. */
    static UnreadableFileException unreadable(Exception e, String where) {
        for (Throwable cause = e; cause != null; cause = cause.getCause()) {
            if (cause instanceof UnreadableFileException own) {
                return own;
            }
            if (cause instanceof XMLStreamException x
                    && x.getNestedException() instanceof UnreadableFileException own) {
                return own;
            }
        }
        return new UnreadableFileException("The workbook cannot be read: " + where + ": " + e.getMessage(),
                e);
    }

    @Override
    public void close() throws IOException {
        zip.close();
    }
}
