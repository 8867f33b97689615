package io.forebay.server.cli;

import java.io.IOException;
import java.io.PrintWriter;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.time.Duration;
import java.util.concurrent.Callable;
import javax.net.ssl.SSLContext;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Spec;

/**
 * {@code forebay health}: what a running server says about itself, once, for those who watch it and have no curl (a
 * container's health check). It tries nothing again: who watches does.
 */
@Command(name = "health", description = {
        "Asks a server how it is and prints its answer. Exit codes: 0 healthy, 1 it says that it is not, 2 no answer."})
final class HealthCommand implements Callable<Integer> {
    private static final int EXIT_UNREACHABLE = 2;

    @Spec
    @SuppressWarnings("NullAway.Init") // picocli sets it
    private CommandSpec spec;

    @Mixin
    private final ServerOptions server = new ServerOptions();

    @Option(names = "--probe", paramLabel = "NAME", defaultValue = "healthz",
            description = "Route to ask. Default: ${DEFAULT-VALUE}")
    @SuppressWarnings("NullAway.Init")
    private String probe;

    @Option(names = "--timeout", paramLabel = "SECONDS", defaultValue = "5",
            description = "How long to wait for the answer. Default: ${DEFAULT-VALUE}")
    private int timeoutSeconds;

    @Override
    public Integer call() throws InterruptedException {
        if (timeoutSeconds < 1) {
            throw new CommandException("--timeout is " + timeoutSeconds + ", must be 1 or more");
        }
        URI address = server.address(System.getenv());
        if (!"http".equals(address.getScheme()) && !"https".equals(address.getScheme())) {
            throw new CommandException("--url is " + address + ", must be the HTTP address of the server");
        }
        PrintWriter out = spec.commandLine().getOut();
        Duration timeout = Duration.ofSeconds(timeoutSeconds);
        HttpClient.Builder builder = HttpClient.newBuilder().connectTimeout(timeout);
        SSLContext tls = server.tls();
        if (tls != null) {
            builder.sslContext(tls);
        }
        try (HttpClient client = builder.build()) {
            HttpResponse<String> answer = client.send(request(address.resolve("/" + probe), timeout),
                    HttpResponse.BodyHandlers.ofString());
            out.println(answer.body().strip());
            out.flush();
            return answer.statusCode() == 200 ? 0 : ForebayCommand.EXIT_FAILED;
        } catch (IOException e) {
            PrintWriter err = spec.commandLine().getErr();
            err.println("forebay: no answer from " + address + ": "
                    + (e.getMessage() == null ? e.getClass().getSimpleName() : e.getMessage()));
            err.flush();
            return EXIT_UNREACHABLE;
        }
    }

    private HttpRequest request(URI address, Duration timeout) {
        HttpRequest.Builder request = HttpRequest.newBuilder(address).timeout(timeout);
        String token = server.token();
        if (token != null) {
            request.header("x-chroma-token", token);
        }
        return request.build();
    }
}
