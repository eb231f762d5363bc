/** IP literals and networks, parsed without ever asking the DNS. */
@NullMarked
package io.headgate.policy.net;

import org.jspecify.annotations.NullMarked;
