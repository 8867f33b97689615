package io.forebay.server.doctor;

import io.forebay.server.config.ServerConfig;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.time.Duration;
import java.util.List;
import java.util.regex.Pattern;

/** Whether the port is free, a Forebay answers there, or somebody else has it. */
final class ServerLook {
    private static final Duration PATIENCE = Duration.ofSeconds(2);
    private static final Pattern HEALTH = Pattern.compile("\"status\" ?: ?\"(green|yellow|red)\"");

    private final List<Diagnosis> out;

    ServerLook(List<Diagnosis> out) {
        this.out = out;
    }

    void run(ServerConfig.Server server) {
        String host = server.host();
        int port = server.port();
        if (port == 0) {
            out.add(Diagnosis.ok("port", "any free one"));
            return;
        }
        try (ServerSocket probe = new ServerSocket()) {
            probe.setReuseAddress(true);
            probe.bind(new InetSocketAddress(host, port));
            out.add(Diagnosis.ok("port", host + ":" + port + " is free"));
        } catch (IOException taken) {
            answering(server, taken);
        }
    }

    private void answering(ServerConfig.Server server, IOException taken) {
        String host = server.host();
        String place = host + ":" + server.port();
        String reachable = host.equals("0.0.0.0") || host.equals("::") ? "127.0.0.1" : host;
        String shown = reachable.contains(":") ? "[" + reachable + "]" : reachable;
        String scheme = server.tls().isOn() ? "https" : "http";
        try (HttpClient client = client(server.tls().isOn())) {
            HttpRequest request = HttpRequest
                    .newBuilder(URI.create(scheme + "://" + shown + ":" + server.port() + "/healthz"))
                    .timeout(PATIENCE).build();
            HttpResponse<String> answer = client.send(request, HttpResponse.BodyHandlers.ofString());
            String body = answer.body().replaceAll("\\s+", " ");
            out.add(isForebay(answer.statusCode(), body)
                    ? Diagnosis.of(answer.statusCode() < 500, "port",
                            place + ": a server answers /healthz with " + answer.statusCode(), cut(body))
                    : Diagnosis.bad("port", place + " is taken by something that is no Forebay",
                            "stop it, or choose another with server.port"));
        } catch (IOException noAnswer) {
            out.add(Diagnosis.bad("port", place + " cannot be used (" + taken.getMessage()
                    + ") and answers no " + scheme + " (" + noAnswer.getMessage() + ")",
                    "stop what has it, or choose another with server.port or server.host; a server that was started"
                            + " with another configuration: look with that one"));
        } catch (InterruptedException interrupted) {
            Thread.currentThread().interrupt();
        }
    }

    private static HttpClient client(boolean withTls) throws IOException {
        HttpClient.Builder builder = HttpClient.newBuilder().connectTimeout(PATIENCE);
        return (withTls ? builder.sslContext(AnyCertificate.context()) : builder).build();
    }

    /** As /healthz writes it, or an error as all of Forebay does: 503 while the store is opened, 429 over a rate. */
    private static boolean isForebay(int status, String body) {
        return HEALTH.matcher(body).find()
                || status >= 400 && body.contains("\"error\":\"") && body.contains("\"message\":\"");
    }

    private static String cut(String body) {
        return "it says: " + (body.length() > 200 ? body.substring(0, 200) : body);
    }
}
