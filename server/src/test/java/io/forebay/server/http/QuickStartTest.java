package io.forebay.server.http;

import static org.assertj.core.api.Assertions.assertThat;

import io.forebay.client.ForebayClient;
import io.forebay.engine.Forebay;
import io.forebay.model.CollectionConfig;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.net.URL;
import java.net.URLClassLoader;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import javax.tools.JavaCompiler;
import javax.tools.ToolProvider;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Assumptions;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.springframework.ai.document.Document;
import org.springframework.ai.embedding.Embedding;
import org.springframework.ai.embedding.EmbeddingModel;
import org.springframework.ai.embedding.EmbeddingRequest;
import org.springframework.ai.embedding.EmbeddingResponse;

/** The code of {@code docs/quickstart}, taken from the pages and run as it stands there against a started server. */
class QuickStartTest {
    private static final Path PAGES = Path.of(System.getProperty("forebay.root"), "docs/quickstart");
    private static final Pattern CLASS = Pattern.compile("public class (\\w+)");

    @TempDir
    Path folder;
    private TestServer server;

    @BeforeEach
    void start() {
        server = TestServer.start(folder.resolve("store"));
    }

    @AfterEach
    void stop() {
        server.close();
    }

    private static List<String> blocks(String page, String language) throws IOException {
        Matcher block = Pattern.compile("(?ms)^```" + language + "\n(.*?)^```$")
                .matcher(Files.readString(PAGES.resolve(page)));
        List<String> blocks = new ArrayList<>();
        while (block.find()) {
            blocks.add(block.group(1));
        }
        assertThat(blocks).as(page).isNotEmpty();
        return blocks;
    }

    private String url() {
        return server.uri("").toString();
    }

    private int count(String collection) {
        try (ForebayClient client = ForebayClient.connect(url())) {
            return client.collection(collection).count();
        }
    }

    @Test
    void curl() throws Exception {
        Assumptions.assumeTrue(Files.isExecutable(Path.of("/usr/bin/curl")), "there is no curl here");
        Path script = Files.writeString(folder.resolve("quickstart.sh"),
                String.join("\n", blocks("curl.md", "sh")));
        ProcessBuilder builder = new ProcessBuilder("sh", "-e", script.toString()).redirectErrorStream(true);
        builder.environment().put("FOREBAY_URL", url());
        Process process = builder.start();
        String said = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
        assertThat(process.waitFor()).as(said).isZero();
        assertThat(said).contains("\"ids\":[[\"c\",\"b\"]]", "\"documents\":[\"second\"]", "total_ops")
                .doesNotContain("\"error\"");
        assertThat(count("curl-quickstart")).isEqualTo(2);
    }

    @Test
    void javascript() throws Exception {
        Path installed = Files.createDirectory(folder.resolve("npm"));
        NpmProject project = NpmProject.install("chromadb", installed);
        Files.writeString(installed.resolve("quickstart.mjs"),
                String.join("\n", blocks("javascript.md", "js")));
        NpmProject.Outcome outcome = project.test("quickstart.mjs", Map.of("FOREBAY_URL", url()));
        assertThat(outcome.code()).as(outcome.output()).isZero();
        assertThat(outcome.output()).contains("[ [ 'c', 'b' ] ]");
        assertThat(count("js-quickstart")).isEqualTo(2);
    }

    @Test
    void java() throws Exception {
        List<String> programs = blocks("java.md", "java");
        main(programs.get(0), url());
        assertThat(count("java-quickstart")).isEqualTo(2);
        Path data = folder.resolve("embedded");
        main(programs.get(1), data.toString());
        try (Forebay store = Forebay.open(data)) {
            assertThat(store.getOrCreateCollection("docs", CollectionConfig.DEFAULT).count().join())
                    .isEqualTo(2);
        }
    }

    @Test
    void langChain4j() throws Exception {
        main(blocks("langchain4j.md", "java").getFirst(), url());
        try (ForebayClient client = ForebayClient.builder(server.uri("")).tenant("default")
                .database("default").build()) {
            assertThat(client.collection("langchain4j-quickstart").count()).isEqualTo(2);
        }
    }

    @Test
    void springAi() throws Exception {
        Class<?> type = compiled(blocks("spring-ai.md", "java").getFirst());
        type.getMethod("run", String.class, EmbeddingModel.class).invoke(null, url(), new Lengths());
        try (ForebayClient client = ForebayClient.builder(server.uri("")).tenant("SpringAiTenant")
                .database("SpringAiDatabase").build()) {
            assertThat(client.collection("spring-ai-quickstart").count()).isEqualTo(2);
        }
    }

    private void main(String program, String argument) throws Exception {
        compiled(program).getMethod("main", String[].class).invoke(null, (Object) new String[]{argument});
    }

    private Class<?> compiled(String program) throws Exception {
        Matcher name = CLASS.matcher(program);
        assertThat(name.find()).isTrue();
        Path classes = Files.createDirectories(folder.resolve("classes"));
        Path source = Files.writeString(folder.resolve(name.group(1) + ".java"), program);
        JavaCompiler compiler = ToolProvider.getSystemJavaCompiler();
        ByteArrayOutputStream said = new ByteArrayOutputStream();
        int code = compiler.run(null, said, said, "-proc:none", "-d", classes.toString(), "-cp",
                System.getProperty("java.class.path"), source.toString());
        assertThat(code).as(said.toString(StandardCharsets.UTF_8)).isZero();
        return new URLClassLoader(new URL[]{classes.toUri().toURL()}, getClass().getClassLoader())
                .loadClass(name.group(1));
    }

    /** A text's length becomes an angle. */
    private static final class Lengths implements EmbeddingModel {
        @Override
        public EmbeddingResponse call(EmbeddingRequest request) {
            List<Embedding> all = new ArrayList<>();
            request.getInstructions().forEach(text -> all.add(new Embedding(angle(text), all.size())));
            return new EmbeddingResponse(all);
        }

        @Override
        public float[] embed(Document document) {
            return angle(String.valueOf(document.getText()));
        }

        @Override
        public int dimensions() {
            return 2;
        }

        private static float[] angle(String text) {
            return new float[]{(float) Math.cos(text.length()), (float) Math.sin(text.length())};
        }
    }
}
