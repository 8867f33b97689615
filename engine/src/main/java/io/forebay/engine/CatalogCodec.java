package io.forebay.engine;

import io.forebay.model.CollectionConfig;
import io.forebay.model.CollectionInfo;
import io.forebay.model.CollectionSettings;
import io.forebay.model.Database;
import io.forebay.model.Durability;
import io.forebay.model.HnswConfig;
import io.forebay.model.LagPolicy;
import io.forebay.model.MetadataCodec;
import io.forebay.model.ReadLevel;
import io.forebay.model.Space;
import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.DataInputStream;
import java.io.DataOutputStream;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.UUID;
import org.jspecify.annotations.Nullable;

/**
 * The binary form of catalog changes: the payload of a control entry of the log, and (single) the values of the
 * catalog in RocksDB.
 *
 * <p>Format: version byte (4), count (int32), then per change a tag byte and its fields in the order of the record,
 * as {@link DataOutputStream} writes them (big-endian). A string is its UTF-8 length (int32, -1 for null) and bytes; a
 * UUID two longs; metadata a byte string of {@link MetadataCodec}; batchIngest -1, 0 or 1; durability -1 (the server's),
 * 0 (os) or 1 (sync); read level and lag policy their names; the two bounds of the lag int64, 0 for the server's.
 * Tags: 1 PutTenant, 2 DropTenant, 3 PutDatabase, 4 DropDatabase, 5 PutCollection, 6 DropCollection. Tags and order are
 * part of the format. A collection's origin is last: a byte 0, or a byte 1, its root's UUID and the seqId.
 *
 * <p>Versions 1 to 3 are still read: 3 has no read level and nothing about lag, 2 no origin and no resource name of a
 * tenant either, 1 no durability. The checksum is that of the log's frame or of the RocksDB block.
 */
final class CatalogCodec {
    private static final byte VERSION = 4;
    private static final byte VERSION_WITHOUT_LAG = 3;
    private static final byte VERSION_WITHOUT_ORIGIN = 2;
    private static final byte VERSION_WITHOUT_DURABILITY = 1;

    private CatalogCodec() {}

    static byte[] encode(List<CatalogChange> changes) {
        ByteArrayOutputStream bytes = new ByteArrayOutputStream(256);
        try (DataOutputStream out = new DataOutputStream(bytes)) {
            out.writeByte(VERSION);
            out.writeInt(changes.size());
            for (CatalogChange change : changes) {
                write(change, out);
            }
        } catch (IOException impossible) {
            throw new UncheckedIOException(impossible);
        }
        return bytes.toByteArray();
    }

    /** @throws IllegalArgumentException when the bytes are not what {@link #encode} writes */
    static List<CatalogChange> decode(byte[] bytes) {
        try (DataInputStream in = new DataInputStream(new ByteArrayInputStream(bytes))) {
            byte version = in.readByte();
            if (version < VERSION_WITHOUT_DURABILITY || version > VERSION) {
                throw new IllegalArgumentException(
                        "catalog entry of version " + version + "; this build knows 1 to 4");
            }
            int count = in.readInt();
            List<CatalogChange> changes = new ArrayList<>();
            for (int i = 0; i < count; i++) {
                changes.add(read(in, version));
            }
            return changes;
        } catch (IOException truncated) {
            throw new IllegalArgumentException("catalog entry ends early", truncated);
        }
    }

    private static void write(CatalogChange change, DataOutputStream out) throws IOException {
        switch (change) {
            case CatalogChange.PutTenant c -> {
                out.writeByte(1);
                writeString(c.name(), out);
                writeString(c.resourceName(), out);
            }
            case CatalogChange.DropTenant c -> {
                out.writeByte(2);
                writeString(c.name(), out);
            }
            case CatalogChange.PutDatabase c -> {
                out.writeByte(3);
                writeUuid(c.database().id(), out);
                writeString(c.database().name(), out);
                writeString(c.database().tenant(), out);
            }
            case CatalogChange.DropDatabase c -> {
                out.writeByte(4);
                writeString(c.tenant(), out);
                writeString(c.name(), out);
            }
            case CatalogChange.PutCollection c -> {
                out.writeByte(5);
                writeInfo(c.info(), out);
            }
            case CatalogChange.DropCollection c -> {
                out.writeByte(6);
                writeUuid(c.id(), out);
                out.writeInt(c.number());
            }
        }
    }

    private static CatalogChange read(DataInputStream in, byte version) throws IOException {
        byte tag = in.readByte();
        return switch (tag) {
            case 1 -> new CatalogChange.PutTenant(readText(in),
                    version <= VERSION_WITHOUT_ORIGIN ? null : readString(in));
            case 2 -> new CatalogChange.DropTenant(readText(in));
            case 3 -> new CatalogChange.PutDatabase(new Database(readUuid(in), readText(in), readText(in)));
            case 4 -> new CatalogChange.DropDatabase(readText(in), readText(in));
            case 5 -> new CatalogChange.PutCollection(readInfo(in, version));
            case 6 -> new CatalogChange.DropCollection(readUuid(in), in.readInt());
            default -> throw new IllegalArgumentException("unknown catalog change " + tag);
        };
    }

    private static void writeInfo(CollectionInfo info, DataOutputStream out) throws IOException {
        writeUuid(info.id(), out);
        out.writeInt(info.number());
        writeString(info.tenant(), out);
        writeString(info.database(), out);
        writeString(info.name(), out);
        writeBytes(info.metadata() == null ? null : MetadataCodec.encode(info.metadata()), out);
        HnswConfig hnsw = info.config().hnsw();
        writeString(hnsw.space().name(), out);
        out.writeInt(hnsw.efConstruction());
        out.writeInt(hnsw.efSearch());
        out.writeInt(hnsw.maxNeighbors());
        out.writeInt(hnsw.numThreads());
        out.writeInt(hnsw.batchSize());
        out.writeInt(hnsw.syncThreshold());
        out.writeDouble(hnsw.resizeFactor());
        writeString(info.config().embeddingFunctionJson(), out);
        writeString(info.config().schemaJson(), out);
        writeSettings(info.config().settings(), out);
        out.writeInt(info.dimension());
        CollectionInfo.Origin origin = info.origin();
        out.writeBoolean(origin != null);
        if (origin != null) {
            writeUuid(origin.root(), out);
            out.writeLong(origin.seqId());
        }
    }

    private static CollectionInfo readInfo(DataInputStream in, byte version) throws IOException {
        UUID id = readUuid(in);
        int number = in.readInt();
        String tenant = readText(in);
        String database = readText(in);
        String name = readText(in);
        byte[] metadata = readBytes(in);
        HnswConfig hnsw = new HnswConfig(Space.valueOf(readText(in)), in.readInt(), in.readInt(),
                in.readInt(),
                in.readInt(), in.readInt(), in.readInt(), in.readDouble());
        String embeddingFunction = readString(in);
        String schema = readString(in);
        CollectionConfig config = new CollectionConfig(hnsw, embeddingFunction, schema,
                readSettings(in, version));
        return new CollectionInfo(id, number, tenant, database, name,
                metadata == null ? null : MetadataCodec.decode(metadata), config, in.readInt(),
                version <= VERSION_WITHOUT_ORIGIN ? null : readOrigin(in));
    }

    private static void writeSettings(CollectionSettings settings, DataOutputStream out) throws IOException {
        Boolean batchIngest = settings.batchIngest();
        out.writeByte(batchIngest == null ? -1 : batchIngest ? 1 : 0);
        Durability durability = settings.durability();
        out.writeByte(durability == null ? -1 : durability == Durability.SYNC ? 1 : 0);
        ReadLevel level = settings.readLevel();
        writeString(level == null ? null : level.wireName(), out);
        LagPolicy policy = settings.lagPolicy();
        writeString(policy == null ? null : policy.wireName(), out);
        writeBound(settings.lagRecordsMax(), out);
        writeBound(settings.lagSecondsMax(), out);
    }

    private static CollectionSettings readSettings(DataInputStream in, byte version) throws IOException {
        byte batchIngest = in.readByte();
        byte durability = version == VERSION_WITHOUT_DURABILITY ? -1 : in.readByte();
        CollectionSettings settings = CollectionSettings.NONE
                .withBatchIngest(batchIngest < 0 ? null : Boolean.valueOf(batchIngest == 1))
                .withDurability(durability < 0 ? null : durability == 1 ? Durability.SYNC : Durability.OS);
        if (version <= VERSION_WITHOUT_LAG) {
            return settings;
        }
        String level = readString(in);
        String policy = readString(in);
        return settings.withReadLevel(level == null ? null : ReadLevel.parse(level))
                .withLag(policy == null ? null : LagPolicy.parse(policy), readBound(in), readBound(in));
    }

    private static void writeBound(@Nullable Long bound, DataOutputStream out) throws IOException {
        out.writeLong(bound == null ? 0 : bound);
    }

    private static @Nullable Long readBound(DataInputStream in) throws IOException {
        long bound = in.readLong();
        return bound == 0 ? null : (Long) bound;
    }

    private static CollectionInfo.@Nullable Origin readOrigin(DataInputStream in) throws IOException {
        return in.readBoolean() ? new CollectionInfo.Origin(readUuid(in), in.readLong()) : null;
    }

    private static void writeUuid(UUID id, DataOutputStream out) throws IOException {
        out.writeLong(id.getMostSignificantBits());
        out.writeLong(id.getLeastSignificantBits());
    }

    private static UUID readUuid(DataInputStream in) throws IOException {
        return new UUID(in.readLong(), in.readLong());
    }

    private static void writeString(@Nullable String text, DataOutputStream out) throws IOException {
        writeBytes(text == null ? null : text.getBytes(StandardCharsets.UTF_8), out);
    }

    private static void writeBytes(byte @Nullable [] bytes, DataOutputStream out) throws IOException {
        out.writeInt(bytes == null ? -1 : bytes.length);
        if (bytes != null) {
            out.write(bytes);
        }
    }

    private static @Nullable String readString(DataInputStream in) throws IOException {
        byte[] bytes = readBytes(in);
        return bytes == null ? null : new String(bytes, StandardCharsets.UTF_8);
    }

    private static String readText(DataInputStream in) throws IOException {
        String text = readString(in);
        if (text == null) {
            throw new IllegalArgumentException("a name is missing in a catalog entry");
        }
        return text;
    }

    private static byte @Nullable [] readBytes(DataInputStream in) throws IOException {
        int length = in.readInt();
        if (length < 0) {
            return null;
        }
        byte[] bytes = in.readNBytes(length);
        if (bytes.length != length) {
            throw new IllegalArgumentException("catalog entry ends inside a string");
        }
        return bytes;
    }
}
