package io.headgate.policy.traffic;

import io.headgate.policy.match.Caller;
import io.headgate.policy.match.Target;
import io.headgate.policy.net.Cidr;
import io.headgate.policy.net.IpAddress;
import java.nio.charset.StandardCharsets;
import java.security.GeneralSecurityException;
import java.security.SecureRandom;
import java.util.Arrays;
import java.util.HexFormat;
import java.util.LinkedHashMap;
import java.util.Map;
import javax.crypto.Cipher;
import javax.crypto.Mac;
import javax.crypto.spec.SecretKeySpec;
import org.jspecify.annotations.Nullable;

/**
 * Stands keyed pseudonyms in for whoever a log is about: the same key gives the same subject the same pseudonym, and
 * without the key nobody can tell whose it is, not even by trying all addresses.
 *
 * <p>Names become the first 64 bits of an HMAC-SHA256 over what they are and what they say. Addresses stay addresses, and
 * two that share their first n bits share exactly n bits afterwards, so that networks stay networks of the same size
 * (Fan, Xu, Ammar and Moon, "Prefix-preserving IP address anonymization", Computer Networks 46(2), 2004: Crypto-PAn). What
 * that gives away is who is whose neighbour.
 *
 * <p>Not thread-safe.
 */
public final class Pseudonyms {

    private static final int BLOCK = 16;
    private static final int NAME_BYTES = 8;
    private static final int KNOWN_ADDRESSES = 10_000;

    private final Mac names;
    private final Cipher bits;
    private final byte[] pad;
    private final Map<IpAddress, IpAddress> addresses = new LinkedHashMap<>(16, 0.75f, true) {
        private static final long serialVersionUID = 1L;

        @Override
        protected boolean removeEldestEntry(Map.Entry<IpAddress, IpAddress> eldest) {
            return size() > KNOWN_ADDRESSES;
        }
    };

    private Pseudonyms(byte[] secret) {
        try {
            names = Mac.getInstance("HmacSHA256");
            names.init(new SecretKeySpec(secret, "HmacSHA256"));
            byte[] keys = names.doFinal("addresses".getBytes(StandardCharsets.UTF_8));
            bits = Cipher.getInstance("AES/ECB/NoPadding");
            bits.init(Cipher.ENCRYPT_MODE, new SecretKeySpec(keys, 0, BLOCK, "AES"));
            pad = bits.doFinal(Arrays.copyOfRange(keys, BLOCK, 2 * BLOCK));
        } catch (GeneralSecurityException e) {
            throw new AssertionError("every Java platform has HmacSHA256 and AES", e);
        }
    }

    /** Pseudonyms that everybody gives who has the same key. */
    public static Pseudonyms keyed(String key) {
        return new Pseudonyms(key.getBytes(StandardCharsets.UTF_8));
    }

    /** Pseudonyms that nobody else gives, ever again. */
    public static Pseudonyms random() {
        byte[] secret = new byte[32];
        new SecureRandom().nextBytes(secret);
        return new Pseudonyms(secret);
    }

    /**
     * The pseudonym of a name.
     *
     * @param kind what it names, such as {@code user}
     */
    public String of(String kind, String name) {
        names.update(kind.getBytes(StandardCharsets.UTF_8));
        names.update((byte) 0);
        return HexFormat.of().formatHex(names.doFinal(name.getBytes(StandardCharsets.UTF_8)), 0, NAME_BYTES);
    }

    /** The same caller, no longer known; on the same plan. */
    public Caller of(Caller caller) {
        Map<String, String> claims = new LinkedHashMap<>();
        caller.claims().forEach((name, value) -> claims.put(name, of("jwt." + name, value)));
        return new Caller(
                ofOptional("user", caller.user()), ofOptional("tenant", caller.tenant()), caller.plan(), claims);
    }

    private @Nullable String ofOptional(String kind, @Nullable String name) {
        return name == null ? null : of(kind, name);
    }

    /** The pseudonym of whomever a policy singles out. */
    public Target of(Target target) {
        if (target instanceof Target.User user) {
            return new Target.User(of("user", user.id()));
        } else if (target instanceof Target.Tenant tenant) {
            return new Target.Tenant(of("tenant", tenant.id()));
        }
        Cidr cidr = ((Target.Network) target).cidr();
        return new Target.Network(new Cidr(of(cidr.network()).network(cidr.prefix()), cidr.prefix()));
    }

    /** The pseudonym of an address. */
    public IpAddress of(IpAddress address) {
        return addresses.computeIfAbsent(address, this::encrypted);
    }

    private IpAddress encrypted(IpAddress address) {
        byte[] plain = address.toBytes();
        byte[] blocks = new byte[address.bits() * BLOCK];
        for (int bit = 0; bit < address.bits(); bit++) {
            int block = bit * BLOCK;
            System.arraycopy(pad, 0, blocks, block, BLOCK);
            System.arraycopy(plain, 0, blocks, block, bit / 8);
            int own = 0xff00 >>> (bit % 8) & 0xff;
            blocks[block + bit / 8] = (byte) ((plain[bit / 8] & own) | (pad[bit / 8] & ~own));
        }
        byte[] flips;
        try {
            flips = bits.doFinal(blocks);
        } catch (GeneralSecurityException e) {
            throw new AssertionError("whole blocks need no padding", e);
        }
        byte[] hidden = plain.clone();
        for (int bit = 0; bit < address.bits(); bit++) {
            hidden[bit / 8] ^= (byte) ((flips[bit * BLOCK] & 0x80) >>> (bit % 8));
        }
        return IpAddress.ofBytes(hidden);
    }
}
