package io.headgate.helm;

import static org.assertj.core.api.Assertions.assertThat;

import io.fabric8.kubernetes.api.model.EnvVar;
import io.fabric8.kubernetes.api.model.IntOrString;
import io.fabric8.kubernetes.api.model.Service;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

class StoreTest {

    @Test
    void hazelcast_members_find_each_other_by_the_dns_name_of_a_headless_service() {
        Manifests manifests = ValueSet.HAZELCAST.render();
        String dnsName = String.valueOf(manifests.properties().get("headgate.store.hazelcast.kubernetes-service"));
        assertThat(manifests.named(Service.class, dnsName)).hasValueSatisfying(service -> {
            assertThat(service.getSpec().getClusterIP()).isEqualTo("None");
            assertThat(service.getSpec().getPorts())
                    .singleElement()
                    .satisfies(port -> assertThat(port.getTargetPort()).isEqualTo(new IntOrString("hazelcast")));
        });
    }

    @Test
    void hazelcast_members_join_before_they_are_ready() {
        assertThat(ValueSet.HAZELCAST.render().named(Service.class, "limits-headgate-members"))
                .hasValueSatisfying(service -> assertThat(service.getSpec().getPublishNotReadyAddresses())
                        .isTrue());
    }

    @ParameterizedTest
    @EnumSource(names = {"REDIS", "PRODUCTION"})
    void redis_needs_nothing_of_hazelcast(ValueSet values) {
        Manifests manifests = values.render();
        assertThat(manifests.all())
                .noneMatch(manifest -> manifest.getMetadata().getName().endsWith("-members"));
        assertThat(manifests.gateway().getPorts()).extracting("name").doesNotContain("hazelcast");
        assertThat(manifests.properties().keySet()).noneMatch(name -> name.startsWith("headgate.store.hazelcast"));
    }

    @Test
    void redis_is_found_at_the_given_address() {
        assertThat(ValueSet.REDIS.render().properties())
                .containsEntry("headgate.store.type", "redis")
                .containsEntry("headgate.store.redis.mode", "single")
                .containsEntry("headgate.store.redis.address", "rediss://redis.stores.svc:6379")
                .doesNotContainKey("headgate.store.redis.master");
    }

    @Test
    void redis_behind_sentinel_is_found_by_the_masters_name() {
        assertThat(ValueSet.PRODUCTION.render().properties())
                .containsEntry("headgate.store.redis.mode", "sentinel")
                .containsEntry("headgate.store.redis.master", "limits")
                .containsEntry(
                        "headgate.store.redis.address",
                        "redis://sentinel-0.sentinel.stores.svc:26379,redis://sentinel-1.sentinel.stores.svc:26379,"
                                + "redis://sentinel-2.sentinel.stores.svc:26379");
    }

    @Test
    void the_password_of_redis_comes_from_an_existing_secret() {
        EnvVar password = ValueSet.REDIS.render().gateway().getEnv().stream()
                .filter(variable -> variable.getName().equals("HEADGATE_STORE_REDIS_PASSWORD"))
                .findFirst()
                .orElseThrow();
        assertThat(password.getValue()).isNull();
        assertThat(password.getValueFrom().getSecretKeyRef().getName()).isEqualTo("redis-credentials");
        assertThat(password.getValueFrom().getSecretKeyRef().getKey()).isEqualTo("redis-password");
    }
}
