package io.forebay.bench.peers;

import io.forebay.bench.load.BenchData;
import io.forebay.bench.load.Workspace;
import java.io.ObjectOutputStream;
import java.nio.file.Files;
import java.nio.file.Path;

/** The other side of {@link SideProcess}: reads its task, measures, writes the result. */
public final class SideMain {
    private SideMain() {}

    public static void main(String[] args) throws Exception {
        SideProcess.Task task = SideProcess.read(Path.of(args[0]), SideProcess.Task.class);
        PeerSettings settings = task.settings();
        String dataset = settings.dataset();
        BenchData data = BenchData.load(Path.of(task.root()), dataset == null ? null : Path.of(dataset),
                settings.records());
        PeerRun run;
        try (Workspace workspace = Workspace.in(Path.of(task.directory()));
                Peer peer = task.kind().open(PeersBench.setup(settings, workspace, data),
                        workspace.newDirectory("store"))) {
            run = new PeerMeasurement(settings, data).run(task.kind(), peer, task.round());
        }
        try (ObjectOutputStream out = new ObjectOutputStream(Files.newOutputStream(Path.of(args[1])))) {
            out.writeObject(run);
        }
        System.exit(0); // whatever threads the library left
    }
}
