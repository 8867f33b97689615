package io.forebay.wal;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class LockTest {
    @TempDir
    Path temp;

    /** The child process: opens the log, says so or why not, waits for the end of its input. */
    static final class Opener {
        public static void main(String[] args) throws Exception {
            try (Wal wal = Wal.open(Path.of(args[0]), Logs.small())) {
                System.out.println("opened " + wal.lastSeqId());
                System.in.read();
            } catch (WalException e) {
                System.out.println(e.reason() + " " + e.getMessage());
            }
        }
    }

    static Process child(Class<?> main, String... args) throws Exception {
        return child(List.of(), main, args);
    }

    static Process child(List<String> prefix, Class<?> main, String... args) throws Exception {
        List<String> command = new ArrayList<>(prefix);
        command.addAll(List.of(
                Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                "@" + Path.of(System.getProperty("forebay.root"), "jvm.options"), "-XX:TieredStopAtLevel=1",
                "-XX:+UseSerialGC", "-Xmx256m", "-ea", "-cp", System.getProperty("java.class.path"),
                main.getName()));
        command.addAll(List.of(args));
        return new ProcessBuilder(command).redirectError(ProcessBuilder.Redirect.DISCARD).start();
    }

    @Test
    void theSameProcessIsRefusedWithItsPid() {
        Path directory = temp.resolve("wal");
        long pid = ProcessHandle.current().pid();
        try (Wal wal = Wal.open(directory, Logs.small())) {
            assertThatThrownBy(() -> Wal.open(directory.resolve("../wal"), Logs.small()))
                    .isInstanceOf(WalException.class).hasMessageContaining("process " + pid)
                    .hasMessageContaining("wal").extracting(e -> ((WalException) e).reason())
                    .isEqualTo(WalException.Reason.LOCKED);
            Logs.append(wal, 1, 10);
        }
        Wal.open(directory, Logs.small()).close();
    }

    @Test
    void aSecondProcessIsRefusedWithThePidOfTheFirst() throws Exception {
        Path directory = temp.resolve("wal");
        try (Wal wal = Wal.open(directory, Logs.small())) {
            // A refused attempt in this process must not drop the lock that this process holds.
            assertThatThrownBy(() -> Wal.open(directory, Logs.small())).isInstanceOf(WalException.class);
            Process second = child(Opener.class, directory.toString());
            String answer = second.inputReader().readLine();
            second.destroyForcibly().waitFor();
            assertThat(answer).startsWith("LOCKED").contains(directory.toString())
                    .endsWith("process " + ProcessHandle.current().pid());
            Logs.append(wal, 1, 10);
        }
    }

    @Test
    void theLockOfAKilledProcessIsFreeWhateverPidIsInIt() throws Exception {
        Path directory = temp.resolve("wal");
        Process killed = child(Opener.class, directory.toString());
        assertThat(killed.inputReader().readLine()).isEqualTo("opened 0");
        assertThatThrownBy(() -> Wal.open(directory, Logs.small())).isInstanceOf(WalException.class)
                .hasMessageContaining("process " + killed.pid());
        killed.destroyForcibly().waitFor();
        // As if this process had the dead one's pid.
        Files.writeString(directory.resolve("LOCK"), Long.toString(ProcessHandle.current().pid()));
        try (Wal wal = Wal.open(directory, Logs.small())) {
            assertThat(Logs.append(wal, 1, 10)).hasSize(1);
        }
    }
}
