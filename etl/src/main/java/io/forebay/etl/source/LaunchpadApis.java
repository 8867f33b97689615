package io.forebay.etl.source;

import java.util.Map;

/**
 * Ready settings for Launchpad's web service, whose collections are pages {@code {start, total_size, entries,
 * next_collection_link}}. All have the parameter {@code project}, a project's short name as in its address. The host
 * {@code api.launchpad.net} must be allowed like any other.
 */
public final class LaunchpadApis {
    private static final String PROJECT = "https://api.launchpad.net/devel/{project}?ws.size=75&ws.op=";

    private LaunchpadApis() {}

    /** By name: {@code launchpad_bugs}, {@code launchpad_questions}, {@code launchpad_merge_proposals}. */
    public static Map<String, SourceOptions.PagedApi> all() {
        return Map.of("launchpad_bugs", api("searchTasks"), "launchpad_questions", api("searchQuestions"),
                "launchpad_merge_proposals", api("getMergeProposals"));
    }

    /** @param operation of the web service on a project */
    private static SourceOptions.PagedApi api(String operation) {
        return new SourceOptions.PagedApi(PROJECT + operation, "entries", "next_collection_link", 2,
                Map.of());
    }
}
