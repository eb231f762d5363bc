package io.headgate.helm;

import com.fasterxml.jackson.databind.MapperFeature;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.cfg.CoercionAction;
import com.fasterxml.jackson.databind.cfg.CoercionInputShape;
import com.fasterxml.jackson.databind.json.JsonMapper;
import com.fasterxml.jackson.databind.type.LogicalType;
import io.fabric8.kubernetes.api.model.ConfigMap;
import io.fabric8.kubernetes.api.model.Container;
import io.fabric8.kubernetes.api.model.GenericKubernetesResource;
import io.fabric8.kubernetes.api.model.HasMetadata;
import io.fabric8.kubernetes.api.model.PodSpec;
import io.fabric8.kubernetes.api.model.Service;
import io.fabric8.kubernetes.api.model.ServiceAccount;
import io.fabric8.kubernetes.api.model.apps.Deployment;
import io.fabric8.kubernetes.api.model.autoscaling.v2.HorizontalPodAutoscaler;
import io.fabric8.kubernetes.api.model.networking.v1.NetworkPolicy;
import io.fabric8.kubernetes.api.model.policy.v1.PodDisruptionBudget;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;

/**
 * What the chart renders, as typed objects.
 *
 * @param all every manifest, in the order of rendering
 */
record Manifests(List<HasMetadata> all) {

    /** Every kind that the chart may render; any other is an error. */
    private static final Map<String, Class<? extends HasMetadata>> KINDS = Map.of(
            "v1/ConfigMap", ConfigMap.class,
            "v1/Service", Service.class,
            "v1/ServiceAccount", ServiceAccount.class,
            "apps/v1/Deployment", Deployment.class,
            "autoscaling/v2/HorizontalPodAutoscaler", HorizontalPodAutoscaler.class,
            "policy/v1/PodDisruptionBudget", PodDisruptionBudget.class,
            "networking.k8s.io/v1/NetworkPolicy", NetworkPolicy.class,
            "monitoring.coreos.com/v1/ServiceMonitor", GenericKubernetesResource.class);

    /** As strict as the API server: a number where text is wanted, or text where a number is, is an error. */
    private static final ObjectMapper STRICT = JsonMapper.builder()
            .disable(MapperFeature.ALLOW_COERCION_OF_SCALARS)
            .withCoercionConfig(
                    LogicalType.Textual,
                    textual -> textual.setCoercion(CoercionInputShape.Integer, CoercionAction.Fail)
                            .setCoercion(CoercionInputShape.Float, CoercionAction.Fail)
                            .setCoercion(CoercionInputShape.Boolean, CoercionAction.Fail))
            .build();

    static Manifests parse(String rendered) {
        return new Manifests(
                Yaml.documents(rendered).stream().map(Manifests::typed).toList());
    }

    private static HasMetadata typed(Map<String, Object> manifest) {
        String kind = manifest.get("apiVersion") + "/" + manifest.get("kind");
        Class<? extends HasMetadata> type = KINDS.get(kind);
        if (type == null) {
            throw new IllegalArgumentException(kind + " (expected: one of " + KINDS.keySet() + ")");
        }
        return STRICT.convertValue(manifest, type);
    }

    <T> List<T> of(Class<T> kind) {
        return all.stream().filter(kind::isInstance).map(kind::cast).toList();
    }

    <T extends HasMetadata> Optional<T> named(Class<T> kind, String name) {
        return of(kind).stream()
                .filter(manifest -> manifest.getMetadata().getName().equals(name))
                .findFirst();
    }

    /** The only one of its kind. */
    <T> T the(Class<T> kind) {
        List<T> found = of(kind);
        if (found.size() != 1) {
            throw new AssertionError(kind.getSimpleName() + ": " + found.size() + " rendered (expected: 1)");
        }
        return found.get(0);
    }

    Map<String, String> podLabels() {
        return the(Deployment.class).getSpec().getTemplate().getMetadata().getLabels();
    }

    PodSpec pod() {
        return the(Deployment.class).getSpec().getTemplate().getSpec();
    }

    Container gateway() {
        return pod().getContainers().get(0);
    }

    /** The gateway's properties, by their dotted names. */
    Map<String, Object> properties() {
        return of(ConfigMap.class).stream()
                .map(config -> config.getData().get("application.yaml"))
                .filter(Objects::nonNull)
                .map(Yaml::properties)
                .findFirst()
                .orElseThrow();
    }
}
