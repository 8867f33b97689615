package io.forebay.dist;

import com.fasterxml.jackson.core.JsonFactory;
import com.fasterxml.jackson.core.JsonParser;
import com.fasterxml.jackson.core.JsonToken;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;

/** What the SBOM (CycloneDX, JSON) says of each library: its coordinates and under which licences it is offered. */
final class Bom {
    /**
     * @param licences SPDX ids where there are any, else the names that the library's authors gave; one of them is to be
     *        chosen
     */
    record Component(String group, String name, String version, List<String> licences) {
        String coordinates() {
            return group + ":" + name + ":" + version;
        }
    }

    private Bom() {}

    static List<Component> read(Path file) throws IOException {
        List<Component> components = new ArrayList<>();
        try (JsonParser json = new JsonFactory().createParser(file.toFile())) {
            json.nextToken();
            while (json.nextToken() == JsonToken.FIELD_NAME) {
                String field = json.currentName();
                json.nextToken();
                if (field.equals("components")) {
                    while (json.nextToken() == JsonToken.START_OBJECT) {
                        components.add(component(json));
                    }
                } else {
                    json.skipChildren();
                }
            }
        }
        return components;
    }

    private static Component component(JsonParser json) throws IOException {
        String group = "";
        String name = "";
        String version = "";
        List<String> licences = new ArrayList<>();
        while (json.nextToken() == JsonToken.FIELD_NAME) {
            String field = json.currentName();
            json.nextToken();
            switch (field) {
                case "group" -> group = json.getText();
                case "name" -> name = json.getText();
                case "version" -> version = json.getText();
                case "licenses" -> {
                    while (json.nextToken() == JsonToken.START_OBJECT) {
                        licence(json, licences);
                    }
                }
                default -> json.skipChildren();
            }
        }
        return new Component(group, name, version, licences);
    }

    /** {@code {"license": {"id" or "name": …}}} or {@code {"expression": "A OR B"}}. */
    private static void licence(JsonParser json, List<String> licences) throws IOException {
        while (json.nextToken() == JsonToken.FIELD_NAME) {
            String field = json.currentName();
            JsonToken value = json.nextToken();
            if (value == JsonToken.START_OBJECT) {
                licence(json, licences);
            } else if (field.equals("id") || field.equals("name")) {
                licences.add(json.getText());
            } else if (field.equals("expression")) {
                licences.addAll(List.of(json.getText().split(" OR ")));
            } else {
                json.skipChildren();
            }
        }
    }
}
