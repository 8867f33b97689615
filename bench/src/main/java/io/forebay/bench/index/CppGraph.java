package io.forebay.bench.index;

import io.forebay.bench.load.Workspace;
import io.forebay.model.Space;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.io.Writer;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.channels.Channels;
import java.nio.channels.FileChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.List;
import java.util.Locale;

/**
 * The peer C++ hnswlib in a process of its own, which {@code hnswlib_peer.cpp} drives and which takes its own
 * times. Rows and queries go there as files, labels are ordinals.
 *
 * <p>Failure: a process that ends, or says something else than it was asked for, is an {@link IOException}
 * with its words.
 */
final class CppGraph implements Graph {
    private final VectorSet set;
    private final Path directory;
    private final Process process;
    private final Writer commands;
    private final BufferedReader lines;

    CppGraph(VectorSet set, Path program, Workspace workspace) throws IOException {
        this.set = set;
        this.directory = workspace.newDirectory(set.name() + "-cpp");
        write(directory.resolve("rows"), set.rows());
        write(directory.resolve("queries"), set.queries());
        this.process = new ProcessBuilder(program.toString(), set.space() == Space.L2 ? "l2" : "ip",
                Integer.toString(set.dimension()), Integer.toString(IndexSettings.M),
                Integer.toString(IndexSettings.EF_CONSTRUCTION), Integer.toString(VectorSet.K),
                directory.resolve("rows").toString(), directory.resolve("queries").toString(),
                directory.resolve("answers").toString()).redirectErrorStream(true).start();
        this.commands = process.outputWriter(StandardCharsets.US_ASCII);
        this.lines = new BufferedReader(
                new InputStreamReader(process.getInputStream(), StandardCharsets.UTF_8));
    }

    private static void write(Path file, float[][] vectors) throws IOException {
        try (FileChannel channel = FileChannel.open(file, StandardOpenOption.CREATE_NEW,
                StandardOpenOption.WRITE); var out = Channels.newOutputStream(channel)) {
            ByteBuffer bytes = ByteBuffer.allocate(vectors[0].length * Float.BYTES)
                    .order(ByteOrder.LITTLE_ENDIAN);
            for (float[] vector : vectors) {
                bytes.asFloatBuffer().put(vector);
                out.write(bytes.array());
            }
        }
    }

    @Override
    public Times build() throws IOException {
        List<String> words = ask("build", "built", 3);
        return new Times(Double.parseDouble(words.get(1)), Double.parseDouble(words.get(2)));
    }

    @Override
    public Answers search(int ef, double secondsMin) throws IOException {
        List<String> words = ask(String.format(Locale.ROOT, "search %d %f", ef, secondsMin), "searched", 4);
        return new Answers(found(), Long.parseLong(words.get(1)),
                new Times(Double.parseDouble(words.get(2)), Double.parseDouble(words.get(3))));
    }

    private int[][] found() throws IOException {
        var labels = ByteBuffer.wrap(Files.readAllBytes(directory.resolve("answers")))
                .order(ByteOrder.LITTLE_ENDIAN).asIntBuffer();
        int[][] found = new int[set.queries().length][];
        for (int query = 0; query < found.length; query++) {
            int[] all = new int[VectorSet.K];
            labels.get(all);
            int some = 0;
            while (some < all.length && all[some] >= 0) {
                some++;
            }
            found[query] = java.util.Arrays.copyOf(all, some);
        }
        return found;
    }

    private List<String> ask(String command, String answer, int words) throws IOException {
        commands.write(command + "\n");
        commands.flush();
        String line = lines.readLine();
        List<String> parts = line == null ? List.of() : List.of(line.split(" "));
        if (parts.size() != words || !parts.getFirst().equals(answer)) {
            throw new IOException("the peer in C++ was asked to " + command + " and said: " + line);
        }
        return parts;
    }

    @Override
    public void close() throws IOException, InterruptedException {
        commands.close();
        process.waitFor();
        lines.close();
        Workspace.delete(directory);
    }
}
