package io.forebay.bench.life;

/**
 * One round.
 *
 * @param bytes          of the backup
 * @param copyBytes      of the plain copy: the files of the backup before
 * @param ackQuietP99    of the writer alone, in milliseconds
 * @param ackBackupP99   while a backup was made
 * @param ackBackupMax   the longest
 * @param busySeconds    how long that backup took
 */
public record BackupRun(int round, long bytes, double backupSeconds, long copyBytes, double copySeconds,
        int acksQuiet, double ackQuietP50, double ackQuietP99, int acksBackup, double ackBackupP50,
        double ackBackupP99, double ackBackupMax, double busySeconds) {

    double backupBytesPerSecond() {
        return bytes / backupSeconds;
    }

    double copyBytesPerSecond() {
        return copyBytes / copySeconds;
    }

    double speedRatio() {
        return backupBytesPerSecond() / copyBytesPerSecond();
    }

    double ackRatio() {
        return ackBackupP99 / ackQuietP99;
    }
}
