package io.forebay.client;

import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.net.StandardSocketOptions;
import javax.net.ssl.SSLParameters;
import javax.net.ssl.SSLSocket;

/**
 * A socket, with TLS or without. It is a plain {@link Socket} and no channel: a channel closes itself when a thread that writes
 * to it is interrupted, and the connection is shared by many.
 *
 * <p>Threads: one reads, one writes at a time, any may close, which ends both.
 */
final class WireSocket {
    private final Socket raw;
    private final Socket secured;

    private WireSocket(Socket raw, Socket secured) {
        this.raw = raw;
        this.secured = secured;
    }

    /** Not connected. */
    static Socket create() throws IOException {
        Socket socket = new Socket();
        socket.setOption(StandardSocketOptions.TCP_NODELAY, true);
        return socket;
    }

    /** With the connect timeout for each step; {@link #established} ends that. */
    static WireSocket connect(Socket raw, WireSettings settings) throws IOException {
        int millis = (int) Math.max(1, Math.min(Integer.MAX_VALUE, settings.connectTimeout().toMillis()));
        raw.connect(new InetSocketAddress(settings.host(), settings.port()), millis);
        raw.setSoTimeout(millis);
        if (settings.tls() == null) {
            return new WireSocket(raw, raw);
        }
        SSLSocket tls = (SSLSocket) settings.tls().getSocketFactory().createSocket(raw, settings.host(),
                settings.port(), true);
        SSLParameters parameters = tls.getSSLParameters();
        parameters.setEndpointIdentificationAlgorithm("HTTPS");
        tls.setSSLParameters(parameters);
        tls.startHandshake();
        return new WireSocket(raw, tls);
    }

    /** From now on a read waits for ever; who watches the connection closes it. */
    void established() throws IOException {
        raw.setSoTimeout(0);
    }

    InputStream in() throws IOException {
        return secured.getInputStream();
    }

    OutputStream out() throws IOException {
        return secured.getOutputStream();
    }

    /** At once, without a farewell of TLS, for which it might have to wait. */
    static void close(Socket raw) {
        try {
            raw.close();
        } catch (IOException e) {
            // There is nothing more to give up.
        }
    }
}
