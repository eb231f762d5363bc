package io.headgate.policy.diff;

import java.util.LinkedHashMap;
import java.util.Locale;
import java.util.Map;

/** A diff as plain data, for scripts. */
public final class DiffJson {

    private DiffJson() {}

    /** The whole diff. */
    public static Map<String, Object> of(PolicyDiff diff) {
        Map<String, Object> json = new LinkedHashMap<>();
        json.put("different", !diff.isEmpty());
        json.put("amounts", diff.amounts().stream().map(DiffJson::amount).toList());
        json.put(
                "differences",
                diff.differences().stream().map(DiffJson::difference).toList());
        json.put("counters", diff.counters().stream().map(DiffJson::counter).toList());
        return json;
    }

    private static Map<String, Object> amount(AmountChange change) {
        Map<String, Object> json = new LinkedHashMap<>();
        if (!change.plan().isEmpty()) {
            json.put("plan", change.plan());
        }
        json.put("limit", change.limit());
        json.put("strictness", change.strictness().name().toLowerCase(Locale.ROOT));
        json.put("before", change.before().words());
        json.put("after", change.after().words());
        json.put("place", change.after().place().toString());
        return json;
    }

    private static Map<String, Object> difference(Difference difference) {
        Map<String, Object> json = new LinkedHashMap<>();
        json.put("kind", difference.kind().name().toLowerCase(Locale.ROOT));
        json.put("section", difference.section());
        json.put("thing", difference.thing());
        json.put("key", difference.key());
        json.put("before", difference.before());
        json.put("after", difference.after());
        return json;
    }

    private static Map<String, Object> counter(CounterFate fate) {
        Map<String, Object> json = new LinkedHashMap<>();
        json.put("limit", fate.limit());
        json.put("carries-over", fate.carriesOver());
        json.put("reason", fate.reason());
        return json;
    }
}
