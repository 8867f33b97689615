package io.forebay.server.logging;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import ch.qos.logback.classic.Level;
import ch.qos.logback.classic.Logger;
import ch.qos.logback.classic.LoggerContext;
import ch.qos.logback.classic.PatternLayout;
import ch.qos.logback.classic.spi.ILoggingEvent;
import ch.qos.logback.classic.spi.LoggingEvent;
import ch.qos.logback.classic.util.LogbackMDCAdapter;
import ch.qos.logback.core.AppenderBase;
import com.fasterxml.jackson.core.JsonFactory;
import com.fasterxml.jackson.core.JsonParser;
import com.fasterxml.jackson.core.JsonToken;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.CountDownLatch;
import org.junit.jupiter.api.Test;
import org.slf4j.event.KeyValuePair;

class LogFormTest {
    private final LoggerContext context = new LoggerContext();

    private LoggingEvent event(String message, Throwable thrown, Map<String, String> mdc, Object... pairs) {
        LoggingEvent event = new LoggingEvent("x", context.getLogger("io.forebay.Some"), Level.WARN, message,
                thrown, null);
        event.setMDCPropertyMap(mdc);
        for (int i = 0; i < pairs.length; i += 2) {
            event.addKeyValuePair(new KeyValuePair((String) pairs[i], pairs[i + 1]));
        }
        return event;
    }

    private String json(LoggingEvent event) {
        JsonLines lines = new JsonLines();
        lines.setContext(context);
        lines.start();
        return new String(lines.encode(event), StandardCharsets.UTF_8);
    }

    private String text(LoggingEvent event) {
        PatternLayout layout = new PatternLayout();
        layout.setContext(context);
        layout.getInstanceConverterMap().put("line", LineConverter::new);
        layout.getInstanceConverterMap().put("failure", FailureConverter::new);
        layout.setPattern("%level %line%n%failure");
        layout.start();
        return layout.doLayout(event);
    }

    private static Map<String, String> parse(String line) {
        Map<String, String> fields = new LinkedHashMap<>();
        try (JsonParser in = new JsonFactory().createParser(line)) {
            assertThat(in.nextToken()).isEqualTo(JsonToken.START_OBJECT);
            for (String name = in.nextFieldName(); name != null; name = in.nextFieldName()) {
                in.nextToken();
                assertThat(fields.put(name, in.getText())).as(name).isNull();
            }
            assertThat(in.nextToken()).isNull();
        } catch (IOException e) {
            throw new AssertionError(line, e);
        }
        return fields;
    }

    @Test
    void anObjectHasTheFieldsAndThoseOfItsRequest() {
        String line = json(
                event("went wrong", new IOException("disk"), Map.of("request_id", "r-1"), "millis", 12.5,
                        "count", 3, "odd", Double.NaN, "level", "not mine"));
        assertThat(parse(line)).containsEntry("message", "went wrong").containsEntry("level", "WARN")
                .containsEntry("logger", "io.forebay.Some").containsEntry("request_id", "r-1")
                .containsEntry("millis", "12.5").containsEntry("odd", "NaN").containsKeys("time", "thread")
                .hasEntrySatisfying("exception",
                        e -> assertThat(e).startsWith("java.io.IOException: disk\n\tat"));
        assertThat(line).contains("\"count\":3");
    }

    @Test
    void nothingThatAClientSendsBreaksOutOfItsLine() {
        String evil = "a\n2026-11-22T00:00:00Z ERROR main forged\r\"}\n{\"level\":\"ERROR\"\u2028\u001b[2J\u0085";
        LoggingEvent event = event("got {}" + evil, new IOException(evil), Map.of("request_id", evil), "name",
                evil);
        String json = json(event);
        assertThat(json.lines()).hasSize(1);
        assertThat(parse(json)).containsEntry("name", evil).containsEntry("request_id", evil);
        String text = text(event);
        assertThat(text.lines().filter(l -> !l.startsWith("\t"))).hasSize(1);
        assertThat(text.replace("\n", "").replace("\t", "").chars()).noneMatch(Character::isISOControl);
    }

    @Test
    void anyTextAtAllIsValidJsonOnOneLine() {
        long seed = Long.getLong("forebay.seed", System.nanoTime());
        System.out.println("seed=" + seed);
        Random random = new Random(seed);
        List<String> failed = new ArrayList<>();
        for (int i = 0; i < 2_000; i++) {
            char[] chars = new char[random.nextInt(20)];
            for (int j = 0; j < chars.length; j++) {
                chars[j] = (char) random.nextInt(random.nextBoolean() ? 0x100 : 0x10000);
            }
            String any = new String(chars);
            String line = json(event(any, null, Map.of(any, any), any, any));
            parse(line);
            if (line.indexOf('\n') != line.length() - 1 || line.chars().anyMatch(c -> c > 127)) {
                failed.add(line);
            }
        }
        assertThat(failed).isEmpty();
    }

    @Test
    void aLineForPeopleHasItsFieldsBehind() {
        assertThat(text(event("slow", null, Map.of(), "millis", 12.5, "plan", "filter=index; read=0")))
                .isEqualTo("WARN slow millis=12.5 plan=\"filter=index; read=0\"" + System.lineSeparator());
    }

    @Test
    void aValueEndsWhereItsQuoteIs() {
        assertThat(text(event("slow", null, Map.of(), "a", "b c\\", "d", "e")))
                .startsWith("WARN slow a=\"b c\\\\\" d=e");
    }

    /** Like a pipe whose reader has stopped. */
    private static final class Held extends AppenderBase<ILoggingEvent> {
        private final CountDownLatch goOn = new CountDownLatch(1);
        private final List<String> written = new CopyOnWriteArrayList<>();

        @Override
        protected void append(ILoggingEvent event) {
            try {
                goOn.await();
            } catch (InterruptedException e) {
                Thread.currentThread().interrupt();
            }
            written.add(event.getFormattedMessage());
        }
    }

    private UnblockedAppender queue(Held held) {
        context.setMDCAdapter(new LogbackMDCAdapter());
        UnblockedAppender queue = new UnblockedAppender();
        queue.setContext(context);
        queue.setName("queue");
        queue.setQueueSize(16);
        held.setContext(context);
        held.setName("stderr");
        held.start();
        queue.addAppender(held);
        queue.start();
        context.getLogger(Logger.ROOT_LOGGER_NAME).addAppender(queue);
        return queue;
    }

    @Test
    void nobodyWaitsForWhoReadsTheLogAndWhatWasDroppedIsCounted() {
        Held held = new Held();
        queue(held);
        long before = UnblockedAppender.dropped();
        Logger log = context.getLogger("io.forebay.Some");
        for (int i = 0; i < 1000; i++) {
            log.info("line {}", i);
        }
        long dropped = UnblockedAppender.dropped() - before;
        assertThat(dropped).isBetween(900L, 999L);
        held.goOn.countDown();
        await().until(() -> held.written.stream().filter(line -> line.startsWith("line ")).count() == 1000
                - dropped);
        log.info("the last");
        LogForm.finish(context);
        assertThat(held.written).endsWith("the last");
        String told = " lines of the log were dropped: standard error was read too slowly";
        assertThat(held.written.stream().filter(line -> line.endsWith(told))
                .mapToLong(line -> Long.parseLong(line.substring(0, line.indexOf(' ')))).sum())
                .isEqualTo(dropped);
        log.info("afterwards");
        assertThat(held.written).endsWith("afterwards");
    }
}
