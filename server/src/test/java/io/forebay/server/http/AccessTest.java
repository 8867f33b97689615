package io.forebay.server.http;

import static org.assertj.core.api.Assertions.assertThat;

import io.forebay.model.CollectionConfig;
import io.forebay.model.Space;
import io.forebay.server.auth.Role;
import io.forebay.server.auth.TokenStore;
import io.forebay.server.http.route.Access;
import io.forebay.server.http.route.Api;
import io.forebay.server.http.route.Route;
import io.forebay.server.http.stream.FeedSlots;
import io.netty.handler.codec.http.HttpMethod;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Locale;
import java.util.TreeMap;
import java.util.UUID;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * Every route of the router with every kind of token. What is expected comes from the list in docs/operations.md, so that
 * a route which is in one and not in the other is a failure.
 */
class AccessTest {
    private static final Path OPERATIONS = Path.of(System.getProperty("forebay.root"), "docs/operations.md");
    private static final String START = "<!-- routes -->";
    private static final String END = "<!-- end of routes -->";
    private static final String COLLECTION = "/api/v2/tenants/{tenant}/databases/{database}"
            + "/collections/{collection}/";
    private static final String HERE = "here-tenant";
    private static final String MINE = "mine";
    private static final String THEIRS = "theirs";

    @TempDir
    static Path directory;

    private static TestServer server;
    private static TokenStore store;
    private static List<Route> routes;
    private static final List<Caller> CALLERS = new ArrayList<>();
    private static String mine;
    private static String theirs;

    /**
     * @param role      null for somebody without a valid token
     * @param limited   to some tenants and databases
     * @param elsewhere these are not HERE and MINE
     */
    private record Caller(String name, String token, Role role, boolean limited, boolean elsewhere) {
        boolean otherTenant() {
            return name.endsWith("tenant");
        }

        boolean inDefault() {
            return name.endsWith("default tenant");
        }
    }

    @BeforeAll
    static void start() throws IOException {
        Tokens tokens = new Tokens(directory);
        CALLERS.add(new Caller("nobody", null, null, false, false));
        CALLERS.add(new Caller("an empty token", "", null, false, false));
        CALLERS.add(new Caller("an unknown token", "fb_unknown_" + "x".repeat(43), null, false, false));
        CALLERS.add(
                new Caller("an expired token", tokens.makeExpired("old", Role.ADMIN), null, false, false));
        for (Role role : Role.values()) {
            String id = role.text();
            String text = tokens.make(id, role);
            CALLERS.add(new Caller(id, text, role, false, false));
            CALLERS.add(
                    new Caller(id + " with a wrong end", text.substring(0, text.length() - 2) + "!!", null,
                            false, false));
            CALLERS.add(new Caller(id + " with another's id", text.replace("fb_" + id, "fb_old"), null, false,
                    false));
            CALLERS.add(
                    new Caller(id + " here", tokens.make(id + "-here", role, HERE, MINE, "ghost"), role, true,
                            false));
            CALLERS.add(new Caller(id + " in another database", tokens.make(id + "-db", role, HERE, "other"),
                    role, true, true));
            CALLERS.add(
                    new Caller(id + " in another tenant", tokens.make(id + "-tenant", role, "other", MINE),
                            role, true, true));
            CALLERS.add(new Caller(id + " in the default tenant",
                    tokens.make(id + "-default", role, "default_tenant", "default_database"), role, true,
                    true));
        }
        store = TokenStore.open(tokens.file);
        server = TestServer.start(directory.resolve("store"), TestServer.options(),
                TestServer.engineOptions(),
                store);
        server.engine.createTenant(HERE).join();
        mine = collection(MINE);
        theirs = collection(THEIRS);
        routes = Api.routes(server.engine, false, 1, () -> "", new FeedSlots(1), server.watching(),
                Runnable::run);
        if (Boolean.getBoolean("forebay.rewrite")) {
            rewrite(ofTheRouter());
        }
    }

    private static String collection(String database) {
        server.engine.createDatabase(HERE, database).join();
        return server.engine.createCollection(HERE, database, "collection", null,
                CollectionConfig.of(Space.L2), false).join().id()
                .toString();
    }

    @AfterAll
    static void stop() {
        server.close();
        store.close();
        assertThat(LeakWatch.leaks()).isEmpty();
    }

    @Test
    void theListInOperationsIsTheRoutersOwn() throws IOException {
        assertThat(documented()).as("write it again with -Dforebay.rewrite=true, then review the difference")
                .isEqualTo(ofTheRouter());
    }

    private static TreeMap<String, String> ofTheRouter() {
        TreeMap<String, String> needs = new TreeMap<>();
        routes.stream().filter(route -> !isGone(route))
                .forEach(route -> needs.put(route.method() + " " + route.template(), need(route.access())));
        return needs;
    }

    /** What is left of version 1 is open, and answers nothing but 410. */
    private static boolean isGone(Route route) {
        return route.template().startsWith("/api/v1") && route.access().isOpen();
    }

    private static void rewrite(TreeMap<String, String> needs) throws IOException {
        StringBuilder list = new StringBuilder(START + "\n```\n");
        needs.entrySet().stream().sorted(Comparator.comparing(e -> e.getKey().replaceFirst("^\\S+ ", "")))
                .forEach(need -> list.append(String.format("%-7s %-85s %s%n",
                        (Object[]) (need.getKey().replace(COLLECTION, "/C/") + " " + need.getValue())
                                .split(" ", 3))));
        String text = Files.readString(OPERATIONS);
        Files.writeString(OPERATIONS, text.substring(0, text.indexOf(START)) + list + "```\n"
                + text.substring(text.indexOf(END)));
    }

    private static String need(Access access) {
        if (access.role() == null) {
            return "open";
        }
        return access.role().text() + switch (access.scope()) {
            case PATH -> "";
            case DEFAULT_DATABASE -> ", default database";
            case HANDLER -> ", what the token allows";
            case SERVER -> ", no limits";
        };
    }

    /** Lines of the form {@code METHOD path   need} between the markers. */
    private static TreeMap<String, String> documented() throws IOException {
        String text = Files.readString(OPERATIONS);
        String list = text.substring(text.indexOf(START), text.indexOf(END));
        TreeMap<String, String> needs = new TreeMap<>();
        for (String line : list.lines().filter(l -> l.matches("[A-Z]+ +/.*")).toList()) {
            String[] parts = line.split(" +", 3);
            needs.put(parts[0] + " " + parts[1].replace("/C/", COLLECTION), parts[2]);
        }
        return needs;
    }

    @Test
    void everyRouteLetsInWhomItMayAndNobodyElse() throws IOException {
        TreeMap<String, String> needs = documented();
        int checked = 0;
        for (Route route : routes) {
            String need = isGone(route) ? "open" : needs.get(route.method() + " " + route.template());
            for (Caller caller : CALLERS) {
                check(route, need, caller, false);
                checked++;
                if (route.method().equals(HttpMethod.GET)) {
                    check(route, need, caller, true);
                }
            }
        }
        assertThat(checked).isGreaterThan(1_000);
    }

    private static void check(Route route, String need, Caller caller, boolean asHead) throws IOException {
        String method = asHead ? "HEAD" : route.method().name();
        String told = method + " " + route.template() + " (" + need + ") by " + caller.name();
        Wire.Answer answer = ask(method, path(route, mine), caller.token());
        switch (expected(route, need, caller)) {
            case 401 -> {
                assertThat(answer.status()).as(told).isEqualTo(401);
                assertThat(answer.header("WWW-Authenticate")).as(told).startsWith("Bearer");
            }
            case 403 -> {
                assertThat(answer.status()).as(told).isEqualTo(403);
                assertThat(method.equals("HEAD")
                        || answer.body().startsWith("{\"error\":\"ChromaError\",\"message\":\"Token '"))
                        .as(told + ": " + answer.body()).isTrue();
            }
            case 404 -> assertThat(answer.status()).as(told).isEqualTo(404);
            case 200 -> {
                assertThat(!isGone(route) || answer.status() == 410).as(told).isTrue();
                letIn(answer, told);
            }
            default -> throw new IllegalStateException(told);
        }
    }

    private static void letIn(Wire.Answer answer, String told) {
        assertThat(answer.status()).as(told).isNotEqualTo(401);
        assertThat(answer.status() != 403 || answer.body().contains("Reset is disabled by config"))
                .as(told + ": " + answer.body()).isTrue();
    }

    private static int expected(Route route, String need, Caller caller) {
        if (need.equals("open")) {
            return 200;
        }
        if (caller.role() == null) {
            return 401;
        }
        String[] parts = need.split(", ");
        if (!caller.role().covers(Role.valueOf(parts[0].toUpperCase(Locale.ROOT)))) {
            return 403;
        }
        String where = parts.length == 1 ? "" : parts[1];
        if (caller.elsewhere() && route.template().contains("{crn}")) {
            return 404; // names no database by itself
        }
        return switch (where) {
            case "" -> caller.elsewhere() && (caller.otherTenant() || namesDatabase(route)) ? 403 : 200;
            case "default database" -> {
                if (!caller.limited()) {
                    yield 200;
                }
                yield !caller.inDefault() ? 403 : route.template().contains("{collection}") ? 404 : 200;
            }
            case "no limits" -> caller.limited() ? 403 : 200;
            case "what the token allows" -> 200;
            default -> throw new IllegalArgumentException(where);
        };
    }

    private static boolean namesDatabase(Route route) {
        return route.template().contains("{database}");
    }

    /** What would be deleted does not exist. */
    private static String path(Route route, String collection) {
        boolean deletesDatabase = route.method().equals(HttpMethod.DELETE)
                && route.template().endsWith("{database}");
        return route.template().replace("{tenant}", HERE)
                .replace("{database}", deletesDatabase ? "ghost" : MINE)
                .replace("{collection}", collection).replace("{name}", "ghost")
                .replace("{crn}", HERE + ":" + MINE + ":collection").replace("/{*}", "/x");
    }

    /** The body {@code {}} changes nothing anywhere. */
    private static Wire.Answer ask(String method, String path, String token) throws IOException {
        try (Wire wire = new Wire(server)) {
            boolean json = !method.equals("GET") && !method.equals("HEAD");
            wire.send(method + " " + path + " HTTP/1.1\r\nHost: h\r\n"
                    + (token == null ? "" : "x-chroma-token: " + token + "\r\n")
                    + (json ? "Content-Type: application/json\r\nContent-Length: 2\r\n\r\n{}" : "\r\n"));
            return wire.answer(!method.equals("HEAD"));
        }
    }

    private static String tokenOf(String caller) {
        return CALLERS.stream().filter(c -> c.name().equals(caller)).findFirst().orElseThrow().token();
    }

    @Test
    void aCollectionOfAnotherDatabaseIsAnsweredAsOneThatDoesNotExistWhateverThePathSays() throws IOException {
        String none = UUID.randomUUID().toString();
        int checked = 0;
        for (Route route : routes) {
            if (!route.template().contains("{collection}") || route.access().isOpen()) {
                continue;
            }
            String told = route.method() + " " + route.template();
            boolean named = namesDatabase(route);
            String token = tokenOf(named ? "admin here" : "admin in the default tenant");
            Wire.Answer foreign = ask(route.method().name(), path(route, theirs), token);
            Wire.Answer missing = ask(route.method().name(), path(route, none), token);
            assertThat(foreign.status()).as(told).isEqualTo(404).isEqualTo(missing.status());
            assertThat(foreign.body()).as(told).isEqualTo(missing.body().replace(none, theirs));
            String inItsPlace = path(route, theirs).replace("/" + MINE + "/", "/" + THEIRS + "/");
            assertThat(ask(route.method().name(), inItsPlace, token).status()).as(told)
                    .isEqualTo(named ? 403 : 404);
            Wire.Answer seen = ask(route.method().name(), inItsPlace, tokenOf("admin"));
            assertThat(seen.status()).as(told).isNotIn(401, 403);
            assertThat(seen.body()).as(told).doesNotContain("Collection [");
            checked++;
        }
        assertThat(checked).isGreaterThan(18);
    }
}
