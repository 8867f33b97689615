package io.forebay.etl.format;

import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.zip.ZipEntry;
import javax.xml.stream.XMLStreamConstants;
import javax.xml.stream.XMLStreamException;
import javax.xml.stream.XMLStreamReader;

/** The texts that cells name by number. They are held in memory, which is why they have a limit. */
final class SharedTexts {
    static final long MEMORY_BYTES_MAX = 128L << 20;
    static final SharedTexts NONE = new SharedTexts(List.of());
    private static final int TEXT_OVERHEAD_BYTES = 56;

    private final List<String> texts;

    private SharedTexts(List<String> texts) {
        this.texts = texts;
    }

    static SharedTexts read(XlsxFile file, ZipEntry entry, int thingBytesMax) throws IOException {
        List<String> texts = new ArrayList<>();
        long memory = 0;
        try (XlsxPart part = file.open(entry, thingBytesMax)) {
            XMLStreamReader xml = XlsxFile.reader(part);
            XlsxText text = new XlsxText();
            while (xml.hasNext()) {
                if (xml.next() == XMLStreamConstants.START_ELEMENT && xml.getLocalName().equals("si")) {
                    String read = text.read(xml, part, thingBytesMax);
                    memory += read.isEmpty() ? Long.BYTES : TEXT_OVERHEAD_BYTES + memory(read);
                    if (memory > MEMORY_BYTES_MAX) {
                        throw new UnreadableFileException("The workbook's shared texts take more than "
                                + (MEMORY_BYTES_MAX >> 20)
                                + " MiB of memory (limit of XLSX files): save it as CSV");
                    }
                    texts.add(read);
                }
                part.progress();
            }
        } catch (XMLStreamException | IOException | RuntimeException e) {
            throw XlsxFile.unreadable(e, "part " + entry.getName());
        }
        return new SharedTexts(texts);
    }

    private static long memory(String text) {
        for (int i = 0; i < text.length(); i++) {
            if (text.charAt(i) > 0xff) {
                return 2L * text.length();
            }
        }
        return text.length();
    }

    String get(String number) throws BadDocumentException {
        try {
            int index = Integer.parseInt(number.strip());
            if (index >= 0 && index < texts.size()) {
                return texts.get(index);
            }
        } catch (NumberFormatException e) {
            // told below
        }
        throw new BadDocumentException(
                "a cell names the shared text " + number + ", there are " + texts.size());
    }
}
