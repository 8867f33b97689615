package io.forebay.bench.peers;

import io.forebay.bench.load.BenchData;
import io.forebay.bench.load.Workspace;
import io.forebay.bench.report.BenchResult;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Collections;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;
import java.util.function.Consumer;

/**
 * One run of {@code bench peers}: in each round every peer in turn, another one first, each on a store of its own that goes
 * when it was measured.
 *
 * <p>Failure: a peer that does not start, or fails, is left out from then on, and a note says why. Forebay is no peer of its
 * own: what fails there is thrown.
 */
public final class PeersBench {
    private final PeerSettings settings;
    private final List<String> arguments;
    private final Workspace workspace;
    private final BenchData data;
    private final BenchResult result;
    private final Consumer<String> progress;
    private final Map<PeerKind, List<PeerRun>> runs = new EnumMap<>(PeerKind.class);

    /** @param arguments of this process, for those of the libraries */
    public PeersBench(PeerSettings settings, List<String> arguments, Workspace workspace, BenchData data,
            BenchResult result,
            Consumer<String> progress) {
        this.settings = settings;
        this.arguments = List.copyOf(arguments);
        this.workspace = workspace;
        this.data = data;
        this.result = result;
        this.progress = progress;
    }

    /** In the process of one library: measures it and leaves the result in the directory. */
    public static void side(PeerSettings settings, PeerKind kind, int round, Path directory, BenchData data)
            throws Exception {
        PeerRun run;
        try (Workspace workspace = Workspace.in(directory);
                Peer peer = kind.open(setup(settings, workspace, data), workspace.newDirectory("store"))) {
            run = new PeerMeasurement(settings, data).run(kind, peer, round);
        }
        SideProcess.answer(run, directory);
    }

    private static PeerSetup setup(PeerSettings settings, Workspace workspace, BenchData data) {
        return new PeerSetup(settings, workspace, data.dataset().space(), data.dataset().dimension(),
                (int) Math.max(data.size(), settings.warmUp()));
    }

    /** Measures, and adds runs, figures and notes to the result. */
    public void measure() throws Exception {
        PeerSetup setup = setup(settings, workspace, data);
        PeerMeasurement measurement = new PeerMeasurement(settings, data);
        List<PeerKind> left = new ArrayList<>(settings.peers());
        for (int round = 1; round <= settings.rounds(); round++) {
            List<PeerKind> inTurn = new ArrayList<>(left);
            Collections.rotate(inTurn, 1 - round);
            for (PeerKind kind : inTurn) {
                if (!measure(setup, measurement, kind, round)) {
                    left.remove(kind);
                }
            }
        }
        PeerFigures figures = new PeerFigures(runs, settings.clients());
        progress.accept(figures.table());
        figures.addTo(result);
        for (List<PeerRun> of : runs.values()) {
            result.note(of.getFirst().peer() + ": " + of.getFirst().about());
            of.stream().filter(run -> run.recall() < settings.recall()).findFirst()
                    .ifPresent(run -> result.note(run.peer() + " did not reach the recall: " + run.recall()
                            + " at width " + run.searchWidth()));
        }
        result.note(
                "libraries (in a process of their own each) are compared with forebay_embedded, servers with"
                        + " Forebay's server; memory of a library is what its process grew by, garbage collected");
    }

    /** False when it is to be left out from now on. */
    private boolean measure(PeerSetup setup, PeerMeasurement measurement, PeerKind kind, int round)
            throws Exception {
        Path directory = workspace.newDirectory(kind.toString());
        try {
            PeerRun run = kind.isInProcess()
                    ? SideProcess.run(arguments, kind, round, directory)
                    : inServer(setup, measurement, kind, round, directory);
            runs.computeIfAbsent(kind, unused -> new ArrayList<>()).add(run);
            result.run(run);
            progress.accept(run.line());
            return true;
        } catch (InterruptedException e) {
            throw e;
        } catch (Exception e) {
            if (kind.isOurs()) {
                throw e;
            }
            skip(kind, round, e);
            return false;
        } finally {
            Workspace.delete(directory);
        }
    }

    private PeerRun inServer(PeerSetup setup, PeerMeasurement measurement, PeerKind kind, int round,
            Path directory) throws Exception {
        Peer peer;
        try {
            peer = kind.open(setup, directory);
        } catch (IOException | java.sql.SQLException e) {
            throw new IOException("does not start here: " + e.getMessage(), e);
        }
        try (peer) {
            return measurement.run(kind, peer, round);
        }
    }

    private void skip(PeerKind kind, int round, Exception why) {
        String reason = why.getMessage() == null ? why.toString() : why.getMessage();
        String note = "without " + kind + " from round " + round + " on: "
                + reason.lines().findFirst().orElse("");
        progress.accept(note);
        result.note(note);
    }
}
