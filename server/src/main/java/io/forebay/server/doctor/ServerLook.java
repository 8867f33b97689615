package io.forebay.server.doctor;

import java.io.IOException;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.time.Duration;
import java.util.List;

/** Whether the port is free, a Forebay answers there, or somebody else has it. */
final class ServerLook {
    private static final Duration PATIENCE = Duration.ofSeconds(2);

    private final List<Diagnosis> out;

    ServerLook(List<Diagnosis> out) {
        this.out = out;
    }

    void run(String host, int port) {
        if (port == 0) {
            out.add(Diagnosis.ok("port", "any free one"));
            return;
        }
        try (ServerSocket probe = new ServerSocket()) {
            probe.setReuseAddress(true);
            probe.bind(new InetSocketAddress(host, port));
            out.add(Diagnosis.ok("port", host + ":" + port + " is free"));
        } catch (IOException taken) {
            answering(host, port, taken);
        }
    }

    private void answering(String host, int port, IOException taken) {
        String reachable = host.equals("0.0.0.0") || host.equals("::") ? "127.0.0.1" : host;
        String shown = reachable.contains(":") ? "[" + reachable + "]" : reachable;
        try (HttpClient client = HttpClient.newBuilder().connectTimeout(PATIENCE).build()) {
            HttpRequest request = HttpRequest
                    .newBuilder(URI.create("http://" + shown + ":" + port + "/healthz"))
                    .timeout(PATIENCE).build();
            HttpResponse<String> answer = client.send(request, HttpResponse.BodyHandlers.ofString());
            String body = answer.body().replaceAll("\\s+", " ");
            boolean isForebay = body.contains("GREEN") || body.contains("YELLOW") || body.contains("RED")
                    || answer.statusCode() == 401 || answer.statusCode() == 403;
            out.add(isForebay
                    ? Diagnosis.of(answer.statusCode() < 500, "port",
                            host + ":" + port + ": a server answers /healthz with " + answer.statusCode(),
                            cut(body))
                    : Diagnosis.bad("port", host + ":" + port + " is taken by something that is no Forebay",
                            "stop it, or choose another with server.port"));
        } catch (IOException noAnswer) {
            out.add(Diagnosis.bad("port", host + ":" + port + " cannot be used (" + taken.getMessage()
                    + ") and answers nothing",
                    "stop what has it, or choose another with server.port or server.host"));
        } catch (InterruptedException interrupted) {
            Thread.currentThread().interrupt();
        }
    }

    private static String cut(String body) {
        return "it says: " + (body.length() > 200 ? body.substring(0, 200) : body);
    }
}
