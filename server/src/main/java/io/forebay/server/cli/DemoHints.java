package io.forebay.server.cli;

import io.forebay.client.CollectionClient;
import java.net.URI;

/**
 * Lines to paste: they work as they are while the server runs. Not indented, for the shell's {@code <<END}.
 */
final class DemoHints {
    private DemoHints() {}

    /** For the demo's own server and collection. */
    static String going(String url, CollectionClient collection) {
        String base = url + "/api/v2/tenants/default_tenant/databases/default_database/collections/"
                + collection.id();
        URI address = URI.create(url);
        return """
                How to go on, while this server runs:

                # with curl
                curl -s %1$s/api/v2/heartbeat
                curl -s %2$s/count
                curl -s %2$s/get -H 'Content-Type: application/json' \\
                  -d '{"where": {"pep": 8}, "limit": 2}'
                curl -s %2$s/indexing_status

                # with Chroma's own JavaScript client, in an empty folder
                npm install --silent chromadb
                cat > try.mjs <<'END'
                import { ChromaClient } from "chromadb";
                const client = new ChromaClient({ host: "%3$s", port: %4$d });
                const collection = await client.getCollection({ name: "%5$s", embeddingFunction: null });
                const { embeddings } = await collection.get({ limit: 1, include: ["embeddings"] });
                const near = await collection.query({ queryEmbeddings: embeddings, nResults: 3 });
                console.log(await collection.count(), near.documents[0]);
                END
                node try.mjs

                # how far indexing is
                ./forebay lag --url %1$s
                """.formatted(url, base, address.getHost(), address.getPort(), collection.name());
    }

    /** For a server of the user's own. */
    static String starting() {
        return """
                How to go on:

                ./forebay demo --keep               # leaves the demo's server running, with lines to paste
                ./forebay run --path ./my-data      # a server of your own, on http://127.0.0.1:8000

                and then, in another terminal:

                C=http://127.0.0.1:8000/api/v2/tenants/default_tenant/databases/default_database/collections
                H='Content-Type: application/json'
                ID=$(curl -s $C -H "$H" -d '{"name": "first", "get_or_create": true}' \\
                  | sed 's/.*"id":"\\([^"]*\\)".*/\\1/')
                curl -s $C/$ID/upsert -H "$H" \\
                  -d '{"ids": ["a", "b"], "embeddings": [[1, 0], [0, 1]], "documents": ["one", "two"]}'
                curl -s $C/$ID/query -H "$H" -d '{"query_embeddings": [[0.9, 0.1]], "n_results": 1}'

                Chroma's own clients (npm install chromadb, pip install chromadb-client) work as they are.
                """;
    }
}
