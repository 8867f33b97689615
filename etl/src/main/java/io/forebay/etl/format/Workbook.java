package io.forebay.etl.format;

import java.io.IOException;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.zip.ZipEntry;
import javax.xml.stream.XMLStreamConstants;
import javax.xml.stream.XMLStreamException;
import javax.xml.stream.XMLStreamReader;
import org.jspecify.annotations.Nullable;

/** What a workbook says beside its rows: its sheets in order, its shared texts, which formats show dates. */
record Workbook(List<Sheet> sheets, SharedTexts texts, XlsxStyles styles, boolean from1904) {
    private static final String WORKBOOK = "xl/workbook.xml";
    private static final String RELATIONS = "http://schemas.openxmlformats.org/officeDocument/2006/relationships";
    private static final int SHEETS_MAX = 1_000;

    /** @param part null if it is not there */
    record Sheet(String name, @Nullable ZipEntry part) {}

    private record Relation(String target, String type) {}

    @FunctionalInterface
    private interface Element {
        void seen(XMLStreamReader xml) throws IOException;
    }

    /** Of the file, what the rows take: the rest, often most of it shared texts, is read when the workbook is opened. */
    long sheetBytes() {
        return sheets.stream().map(Sheet::part).filter(Objects::nonNull)
                .mapToLong(part -> Math.max(0, part.getCompressedSize())).sum();
    }

    static Workbook read(XlsxFile file, int thingBytesMax) throws IOException {
        String path = WORKBOOK;
        for (Relation relation : relations(file, "_rels/.rels", "", thingBytesMax).values()) {
            path = relation.type.endsWith("/officeDocument") ? relation.target : path;
        }
        int slash = path.lastIndexOf('/') + 1;
        String folder = path.substring(0, slash);
        Map<String, Relation> relations = relations(file,
                folder + "_rels/" + path.substring(slash) + ".rels", folder, thingBytesMax);
        SharedTexts texts = SharedTexts.NONE;
        XlsxStyles styles = XlsxStyles.NONE;
        for (Relation relation : relations.values()) {
            ZipEntry part = file.entry(relation.target);
            if (part != null && relation.type.endsWith("/sharedStrings")) {
                texts = SharedTexts.read(file, part, thingBytesMax);
            } else if (part != null && relation.type.endsWith("/styles")) {
                styles = XlsxStyles.read(file, part, thingBytesMax);
            }
        }
        List<Sheet> sheets = new ArrayList<>();
        boolean[] from1904 = new boolean[1];
        ZipEntry workbook = file.entry(path);
        if (workbook == null) {
            throw new UnreadableFileException("The zip file is no workbook: it has no " + path);
        }
        elements(file, workbook, thingBytesMax, xml -> {
            if (xml.getLocalName().equals("workbookPr")) {
                String value = xml.getAttributeValue(null, "date1904");
                from1904[0] = "1".equals(value) || "true".equals(value);
            } else if (xml.getLocalName().equals("sheet")) {
                addSheet(file, xml, relations, sheets);
            }
        });
        return new Workbook(sheets, texts, styles, from1904[0]);
    }

    private static void addSheet(XlsxFile file, XMLStreamReader xml, Map<String, Relation> relations,
            List<Sheet> sheets) throws IOException {
        String name = String.valueOf(xml.getAttributeValue(null, "name"));
        Relation relation = relations.get(String.valueOf(xml.getAttributeValue(RELATIONS, "id")));
        if (relation != null && !relation.type.endsWith("/worksheet")) {
            return; // a chart or a macro sheet
        }
        if (sheets.size() == SHEETS_MAX) {
            throw new UnreadableFileException("The workbook has more than " + SHEETS_MAX + " sheets");
        }
        sheets.add(new Sheet(name, relation == null ? null : file.entry(relation.target)));
    }

    private static Map<String, Relation> relations(XlsxFile file, String name, String folder,
            int thingBytesMax) throws IOException {
        Map<String, Relation> relations = new HashMap<>();
        ZipEntry part = file.entry(name);
        if (part == null) {
            return relations;
        }
        elements(file, part, thingBytesMax, xml -> {
            String id = xml.getAttributeValue(null, "Id");
            String target = xml.getAttributeValue(null, "Target");
            String type = xml.getAttributeValue(null, "Type");
            if (id != null && target != null && type != null && relations.size() < XlsxFile.ENTRIES_MAX) {
                relations.put(id,
                        new Relation(target.startsWith("/") ? target.substring(1) : folder + target, type));
            }
        });
        return relations;
    }

    private static void elements(XlsxFile file, ZipEntry part, int thingBytesMax, Element action)
            throws IOException {
        try (XlsxPart in = file.open(part, thingBytesMax)) {
            XMLStreamReader xml = XlsxFile.reader(in);
            while (xml.hasNext()) {
                if (xml.next() == XMLStreamConstants.START_ELEMENT) {
                    action.seen(xml);
                    in.progress();
                }
            }
        } catch (XMLStreamException | IOException | RuntimeException e) {
            throw XlsxFile.unreadable(e, "part " + part.getName());
        }
    }
}
