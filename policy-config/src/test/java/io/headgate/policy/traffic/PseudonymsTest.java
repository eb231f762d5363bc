package io.headgate.policy.traffic;

import static org.assertj.core.api.Assertions.assertThat;

import io.headgate.policy.match.Caller;
import io.headgate.policy.match.Target;
import io.headgate.policy.net.Cidr;
import io.headgate.policy.net.IpAddress;
import java.util.Map;
import java.util.Random;
import org.junit.jupiter.api.Test;

class PseudonymsTest {

    private final Pseudonyms pseudonyms = Pseudonyms.keyed("a key");

    @Test
    void addressesKeepWhatTheyShareAndNoMore() {
        Random random = new Random(11);
        for (int i = 0; i < 400; i++) {
            byte[] one = new byte[i % 2 == 0 ? 4 : 16];
            random.nextBytes(one);
            byte[] other = one.clone();
            int shared = random.nextInt(8 * one.length);
            other[shared / 8] ^= (byte) (0x80 >>> shared % 8);
            IpAddress hidden = pseudonyms.of(IpAddress.ofBytes(one));
            IpAddress beside = pseudonyms.of(IpAddress.ofBytes(other));

            assertThat(hidden.bits()).isEqualTo(8 * one.length);
            assertThat(hidden.network(shared)).isEqualTo(beside.network(shared));
            assertThat(hidden.network(shared + 1)).isNotEqualTo(beside.network(shared + 1));
        }
    }

    @Test
    void theSameKeyGivesTheSamePseudonyms() {
        IpAddress ip = IpAddress.parse("192.0.2.7").orElseThrow();
        Pseudonyms again = Pseudonyms.keyed("a key");
        Pseudonyms others = Pseudonyms.keyed("another key");

        assertThat(pseudonyms.of(ip))
                .isEqualTo(again.of(ip))
                .isNotEqualTo(others.of(ip))
                .isNotEqualTo(ip);
        assertThat(pseudonyms.of("user", "ann"))
                .isEqualTo(again.of("user", "ann"))
                .isNotEqualTo(pseudonyms.of("tenant", "ann"))
                .isNotEqualTo(others.of("user", "ann"));
        assertThat(Pseudonyms.random().of("user", "ann"))
                .isNotEqualTo(Pseudonyms.random().of("user", "ann"));
    }

    @Test
    void whomAPolicySinglesOutIsFoundUnderItsPseudonym() {
        Caller hidden = pseudonyms.of(new Caller("ann", "acme", "pro", Map.of("device", "d1")));

        assertThat(pseudonyms.of(new Target.User("ann"))).isEqualTo(new Target.User(String.valueOf(hidden.user())));
        assertThat(pseudonyms.of(new Target.Tenant("acme")))
                .isEqualTo(new Target.Tenant(String.valueOf(hidden.tenant())));
        assertThat(hidden.plan()).isEqualTo("pro");
        assertThat(hidden.claims().get("device")).isNotEqualTo("d1").hasSize(16);

        Target.Network network = (Target.Network)
                pseudonyms.of(new Target.Network(Cidr.parse("10.1.0.0/16").orElseThrow()));
        assertThat(network.cidr()
                        .contains(pseudonyms.of(IpAddress.parse("10.1.2.3").orElseThrow())))
                .isTrue();
        assertThat(network.cidr()
                        .contains(pseudonyms.of(IpAddress.parse("10.2.2.3").orElseThrow())))
                .isFalse();
    }
}
