package io.forebay.server.auth;

import io.forebay.model.file.DurableFiles;
import io.forebay.model.file.OwnerOnly;
import java.io.IOException;
import java.nio.channels.FileChannel;
import java.nio.channels.FileLock;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.nio.file.attribute.PosixFilePermission;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.function.UnaryOperator;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/**
 * The file of the tokens: a first line that names format and version, then one {@link TokenLine} each; empty lines and
 * those that begin with {@code #} are comments, and stay when the file is changed. No checksum: people may edit it, and
 * a hash that was hit lets nobody in.
 *
 * <p>Threads and processes: a change reads and replaces it ({@link DurableFiles}) under the lock of the file
 * {@code <name>.lock}; readers see the old file or the new one.
 */
public final class TokenFile {
    static final String HEADER = "forebay tokens 1";
    private static final String HEADER_START = "forebay tokens ";
    private static final long BYTES_MAX = 16 << 20;
    private static final Set<PosixFilePermission> OWNER_ONLY = PosixFilePermissions.fromString("rw-------");

    private final Path path;

    public TokenFile(Path path) {
        this.path = path.toAbsolutePath().normalize();
    }

    public Path path() {
        return path;
    }

    public boolean exists() {
        return Files.exists(path);
    }

    /** By id, in the order of the file. */
    public Map<String, Token> read() {
        return parse(bytes());
    }

    byte[] bytes() {
        try {
            if (Files.size(path) > BYTES_MAX) {
                throw new TokenFileException(path + " is larger than " + BYTES_MAX + " bytes");
            }
            return Files.readAllBytes(path);
        } catch (NoSuchFileException e) {
            throw new TokenFileException("there is no file of tokens " + path
                    + "; make one with: forebay token create --role admin");
        } catch (IOException e) {
            throw new TokenFileException("cannot read the file of tokens " + path + ": " + e);
        }
    }

    Map<String, Token> parse(byte[] bytes) {
        List<String> lines = new String(bytes, StandardCharsets.UTF_8).lines().toList();
        String first = lines.isEmpty() ? "" : lines.getFirst().strip();
        if (!first.equals(HEADER)) {
            throw new TokenFileException(path + (first.startsWith(HEADER_START)
                    ? " was written by another version: it begins with '" + first + "'"
                    : " is no file of tokens: its first line must be '" + HEADER + "'"));
        }
        Map<String, Token> tokens = new LinkedHashMap<>();
        for (int i = 1; i < lines.size(); i++) {
            Token token = token(lines.get(i), i + 1);
            if (token != null && tokens.put(token.id(), token) != null) {
                throw new TokenFileException(path + " line " + (i + 1) + ": " + token.id() + " comes twice");
            }
        }
        return tokens;
    }

    private @Nullable Token token(String line, int number) {
        String text = line.strip();
        if (text.isEmpty() || text.startsWith("#")) {
            return null;
        }
        try {
            return TokenLine.read(text);
        } catch (IllegalArgumentException e) {
            throw new TokenFileException(path + " line " + number + ": " + e.getMessage());
        }
    }

    /** Makes the file when there is none. */
    void add(Token token) {
        change(lines -> {
            if (parse(joined(lines)).containsKey(token.id())) {
                throw new TokenFileException("there is a token " + token.id() + " already in " + path);
            }
            List<String> more = new ArrayList<>(lines);
            more.add(TokenLine.write(token));
            return more;
        });
    }

    /** @throws TokenFileException when one of them is not there; then none is removed */
    public void remove(Set<String> ids) {
        change(lines -> {
            Set<String> known = parse(joined(lines)).keySet();
            for (String id : ids) {
                if (!known.contains(id)) {
                    throw new TokenFileException("there is no token " + id + " in " + path);
                }
            }
            List<String> left = new ArrayList<>();
            for (int i = 0; i < lines.size(); i++) {
                Token token = i == 0 ? null : token(lines.get(i), i + 1);
                if (token == null || !ids.contains(token.id())) {
                    left.add(lines.get(i));
                }
            }
            return left;
        });
    }

    private void change(UnaryOperator<List<String>> edit) {
        try {
            Path directory = path.getParent();
            if (directory != null) {
                Files.createDirectories(directory);
            }
            Path lockFile = path.resolveSibling(path.getFileName() + ".lock");
            try (FileChannel channel = FileChannel.open(lockFile,
                    Set.of(StandardOpenOption.CREATE, StandardOpenOption.WRITE), OwnerOnly.file(path));
                    FileLock lock = channel.lock()) {
                List<String> lines = exists()
                        ? new String(bytes(), StandardCharsets.UTF_8).lines().toList()
                        : List.of(HEADER);
                DurableFiles.replace(path, ".new", joined(edit.apply(lines)), OwnerOnly.file(path));
            }
        } catch (IOException e) {
            throw new TokenFileException("cannot write the file of tokens " + path + ": " + e);
        }
    }

    private static byte[] joined(List<String> lines) {
        return lines.stream().map(line -> line + "\n").collect(Collectors.joining())
                .getBytes(StandardCharsets.UTF_8);
    }

    /** What others on this machine may do with the file and should not; null when nothing, or where that is not known. */
    @Nullable
    String exposure() {
        try {
            Set<PosixFilePermission> allowed = Files.getPosixFilePermissions(path);
            if (allowed.contains(PosixFilePermission.GROUP_WRITE)
                    || allowed.contains(PosixFilePermission.OTHERS_WRITE)) {
                return "others may write it, and so give themselves tokens";
            }
            return OWNER_ONLY.containsAll(allowed) ? null : "others may read it";
        } catch (IOException | UnsupportedOperationException e) {
            return null;
        }
    }
}
