/** A running gateway, as far as its management port tells. */
@NullMarked
package io.headgate.policy.live;

import org.jspecify.annotations.NullMarked;
