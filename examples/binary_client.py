#!/usr/bin/env python3
"""A client of Forebay's binary protocol in the standard library, written from docs/binary-protocol.md alone.

    ./forebay run &
    python3 examples/binary_client.py forebay://127.0.0.1:8001

It makes a collection, adds records, finds the nearest, reads them back, follows the changes, and deletes the collection again.
It waits for each answer; a program that loads would send many requests before it reads their answers.
"""
import array
import json
import os
import random
import socket
import ssl
import struct
import sys
import urllib.parse
import uuid

HELLO, WRITE, DELETE, GET, QUERY, COUNT, FLUSH, LAG, CHANGES, CALL, CANCEL = range(1, 12)
PING, PONG, CREDIT = 64, 65, 66
HELLO_OK, ANSWER, ERROR, EVENT, END, GOAWAY = range(129, 135)
HEADER = struct.Struct("<IBBHQ16sII")  # length, type, 0, status, request id, collection, credit, head bytes
NO_COLLECTION = bytes(16)
ADD, UPSERT, UPDATE, DELETE_RECORDS = 1, 2, 3, 4


class ForebayError(Exception):
    def __init__(self, status, head):
        super().__init__("%d %s: %s" % (status, head.get("error"), head.get("message")))
        self.status, self.head = status, head


# ---- maps of fields, which are also what metadata are ----

def varint(number):
    out = bytearray()
    while number > 0x7F:
        out.append(number & 0x7F | 0x80)
        number >>= 7
    out.append(number)
    return bytes(out)


def text(value):
    utf8 = value.encode()
    return varint(len(utf8)) + utf8


def encode_map(fields):
    out = [varint(len(fields))]
    for name, value in fields.items():
        out.append(text(name))
        if value is None:  # in the metadata of an update: the key is removed
            out.append(b"\0")
        elif isinstance(value, bool):
            out.append(b"\5" if value else b"\4")
        elif isinstance(value, str):
            out.append(b"\1" + text(value))
        elif isinstance(value, int):
            out.append(b"\2" + struct.pack("<q", value))
        elif isinstance(value, float):
            out.append(b"\3" + struct.pack("<d", value))
        else:
            out.append(b"\6" + varint(len(value)) + b"".join(text(one) for one in value))
    return b"".join(out)


class Reader:
    def __init__(self, data):
        self.data, self.at = data, 0

    def take(self, count):
        self.at += count
        return self.data[self.at - count:self.at]

    def varint(self):
        value = shift = 0
        while True:
            byte = self.take(1)[0]
            value |= (byte & 0x7F) << shift
            shift += 7
            if byte < 0x80:
                return value

    def text(self):
        return bytes(self.take(self.varint())).decode()

    def number(self, form):
        return struct.unpack("<" + form, self.take(8))[0]

    def value(self):
        tag = self.take(1)[0]
        if tag in (4, 5):
            return tag == 5
        if tag in (1, 2, 3):
            return self.text() if tag == 1 else self.number("q" if tag == 2 else "d")
        if tag in (6, 7, 8):
            return [self.text() if tag == 6 else self.number("q" if tag == 7 else "d")
                    for _ in range(self.varint())]
        if tag == 9:
            return [byte != 0 for byte in self.take(self.varint())]
        raise ValueError("a field of type %d is not for this example" % tag)


def decode_map(data):
    if not data:
        return {}
    reader = Reader(data)
    return {reader.text(): reader.value() for _ in range(reader.varint())}


# ---- batches ----

def pad(data, to):
    return data + bytes(-len(data) % to)


def column(entries):
    """Where each entry ends, then the entries; None is null."""
    ends, body = [], b"".join(entry or b"" for entry in entries)
    end = 0
    for entry in entries:
        end += len(entry or b"")
        ends.append(end | (0x80000000 if entry is None else 0))
    return pad(struct.pack("<%dI" % len(ends), *ends) + body, 4)


def encode_batch(operation, ids, embeddings=None, documents=None, metadatas=None):
    """Each embedding an array('f'); documents strings, metadatas dicts, or None."""
    flags, sections = 0, [column([one.encode() for one in ids])]
    dimension = len(embeddings[0]) if embeddings else 0
    if embeddings:
        flags |= 1
        sections.append(b"".join(floats(one) for one in embeddings))
    if documents:
        flags |= 4
        sections.append(column([None if one is None else one.encode() for one in documents]))
    if metadatas:
        flags |= 16
        sections.append(column([encode_map(one) if one else None for one in metadatas]))
    body = b"".join(sections)
    return struct.pack("<4sBBHIIIIQ", b"FBRB", 1, operation, flags, len(ids), dimension,
                       len(ids) if embeddings else 0, 32 + len(body), 0) + body


def floats(values):
    copy = array.array("f", values)
    if sys.byteorder == "big":
        copy.byteswap()
    return copy.tobytes()


def to_floats(data):
    values = array.array("f", bytes(data))
    if sys.byteorder == "big":
        values.byteswap()
    return values


def decode_batch(data):
    magic, version, _, flags, count, dimension, embeddings, total, _ = struct.unpack_from("<4sBBHIIIIQ", data)
    if magic != b"FBRB" or version != 1 or total != len(data):
        raise ValueError("not a batch of version 1")
    at = 32

    def next_column():
        nonlocal at
        ends = struct.unpack_from("<%dI" % count, data, at)
        body, start, entries = at + 4 * count, 0, []
        for end in ends:
            entries.append(None if end & 0x80000000 else bytes(data[body + start:body + (end & 0x7FFFFFFF)]))
            start = end & 0x7FFFFFFF
        at = body + start + (-(4 * count + start) % 4)
        return entries

    ids = [entry.decode() for entry in next_column()]
    has = [bool(flags & 1)] * count
    if flags & 2:
        has = [bool(data[at + (i >> 3)] >> (i & 7) & 1) for i in range(count)]
        at += (count + 7) // 8
        at += -at % 4
    rows = [to_floats(data[at + 4 * dimension * i:at + 4 * dimension * (i + 1)]) for i in range(embeddings)]
    at += 4 * dimension * embeddings
    row = iter(rows)
    vectors = [next(row) if one else None for one in has]
    documents = next_column() if flags & 4 else [None] * count
    uris = next_column() if flags & 8 else [None] * count
    metadatas = next_column() if flags & 16 else [None] * count
    return [{"id": ids[i], "embedding": vectors[i],
             "document": None if documents[i] is None else documents[i].decode(),
             "uri": None if uris[i] is None else uris[i].decode(),
             "metadata": None if metadatas[i] is None else decode_map(metadatas[i])} for i in range(count)]


# ---- the connection ----

class Client:
    def __init__(self, address, token=None):
        url = urllib.parse.urlsplit(address)
        self.socket = socket.create_connection((url.hostname, url.port), timeout=30)
        self.socket.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        if url.scheme == "forebays":
            context = ssl.create_default_context(cafile=os.environ.get("SSL_CERT_FILE"))
            self.socket = context.wrap_socket(self.socket, server_hostname=url.hostname)
        self.last_id = 0
        self.credit = 1 << 16  # enough for the hello
        self.socket.sendall(b"FBBP\1\0\0\0")
        hello = {"version_min": 1, "version_max": 1, "client": "binary_client.py"}
        if token:
            hello["token"] = token
        self.send(HELLO, 0, NO_COLLECTION, hello)
        kind, status, _, head, _ = self.receive()
        if kind != HELLO_OK:
            raise ForebayError(status, head)
        self.limits = head
        self.credit += head["window_bytes"] - (1 << 16)

    def send(self, kind, request_id, collection, fields, payload=b"", credit=0):
        head = encode_map(fields) if fields else b""
        padded = pad(head, 8)
        length = HEADER.size + len(padded) + len(payload)
        self.socket.sendall(HEADER.pack(length - 4, kind, 0, 0, request_id, collection, credit, len(head))
                            + padded + payload)
        self.credit -= length

    def receive(self):
        """The next frame that is not about the connection only."""
        while True:
            header = self.read(HEADER.size)
            length, kind, _, status, request_id, _, credit, head_bytes = HEADER.unpack(header)
            rest = memoryview(self.read(length + 4 - HEADER.size))
            head = decode_map(rest[:head_bytes])
            payload = rest[head_bytes + -head_bytes % 8:]
            self.credit += credit
            if kind == PING:
                self.send(PONG, request_id, NO_COLLECTION, {})
            elif kind not in (PONG, CREDIT):
                return kind, status, request_id, head, payload

    def read(self, count):
        data = bytearray(count)
        view, got = memoryview(data), 0
        while got < count:
            some = self.socket.recv_into(view[got:])
            if some == 0:
                raise ConnectionError("the server closed the connection")
            got += some
        return bytes(data)

    def ask(self, kind, collection, fields, payload=b""):
        self.last_id += 1
        # With one request at a time all of the window is there again when the next begins, or comes in a CREDIT.
        self.send(kind, self.last_id, collection, fields, payload)
        kind, status, request_id, head, payload = self.receive()
        if kind == ERROR:
            raise ForebayError(status, head)
        assert kind == ANSWER and request_id == self.last_id, (kind, request_id)
        return status, head, payload

    def call(self, method, path, body=None):
        status, head, payload = self.ask(CALL, NO_COLLECTION, {"method": method, "path": path},
                                         b"" if body is None else json.dumps(body).encode())
        answer = json.loads(bytes(payload)) if len(payload) else None
        if status >= 400:
            raise ForebayError(status, answer or {})
        return answer

    def changes(self, collection, from_seq_id, window=1 << 20):
        """Yields batches of changes without an end."""
        self.last_id += 1
        mine = self.last_id
        self.send(CHANGES, mine, collection, {"from_seq_id": from_seq_id}, credit=window)
        while True:
            kind, status, request_id, head, payload = self.receive()
            if kind in (ERROR, END):
                raise ForebayError(status, head)
            yield head["min_seq_id"], head["max_seq_id"], payload[5], decode_batch(payload)
            self.send(CREDIT, mine, NO_COLLECTION, {}, credit=len(payload) + HEADER.size + 64)


def main(address, token=None):
    client = Client(address, token)
    print("connected:", {name: client.limits[name] for name in ("server", "version", "window_bytes")})
    collections = "/api/v2/tenants/default_tenant/databases/default_database/collections"
    name = "binary-example-" + uuid.uuid4().hex[:8]
    made = client.call("POST", collections, {"name": name, "configuration": {"hnsw": {"space": "l2"}}})
    collection = uuid.UUID(made["id"]).bytes
    try:
        rng = random.Random(7)
        vectors = [array.array("f", (rng.gauss(0, 1) for _ in range(32))) for _ in range(500)]
        ids = ["r%d" % i for i in range(500)]
        batch = encode_batch(ADD, ids, vectors, ["document %d" % i for i in range(500)],
                             [{"number": i, "even": i % 2 == 0} for i in range(500)])
        _, acked, _ = client.ask(WRITE, collection, {"idempotency_key": "load-1"}, batch)
        _, again, _ = client.ask(WRITE, collection, {"idempotency_key": "load-1"}, batch)
        assert again["replayed"] and again["max_seq_id"] == acked["max_seq_id"]
        print("acked:", acked)

        _, count, _ = client.ask(COUNT, collection, {"where": json.dumps({"even": True})})
        print("even ones:", count["count"])

        _, head, payload = client.ask(QUERY, collection, {"n_results": 3, "min_seq_id": acked["max_seq_id"]},
                                      floats(vectors[42]))
        hits = head["counts"][0]
        distances = to_floats(payload[:4 * hits])
        records = decode_batch(payload[4 * hits + -4 * hits % 8:])
        for distance, record in zip(distances, records):
            print("  %.4f %s %s %s" % (distance, record["id"], record["document"], record["metadata"]))
        assert records[0]["id"] == "r42" and distances[0] == 0

        _, head, payload = client.ask(GET, collection, {"ids": ["r7"], "include": ["embeddings", "documents"]})
        record = decode_batch(payload)[0]
        assert record["embedding"] == vectors[7] and record["metadata"] is None

        _, deleted, _ = client.ask(DELETE, collection, {"where": json.dumps({"number": {"$lt": 100}})})
        print("deleted:", deleted["records"])
        client.ask(FLUSH, collection, {"position": "linked"})
        _, _, lag = client.ask(LAG, collection, {})
        print("lag:", json.loads(bytes(lag))[0]["index_lag"])

        for first, last, operation, changed in client.changes(collection, acked["min_seq_id"]):
            print("change [%d, %d]: operation %d of %d records" % (first, last, operation, len(changed)))
            if operation == DELETE_RECORDS:
                break
    finally:
        # On a connection of its own: the change feed above goes on until its connection ends.
        client.socket.close()
        Client(address, token).call("DELETE", collections + "/" + name)
    print("ok")


if __name__ == "__main__":
    main(sys.argv[1] if len(sys.argv) > 1 else "forebay://127.0.0.1:8001", os.environ.get("FOREBAY_TOKEN"))
