/** The policy in force: loaded at the start, followed while it changes. */
@NullMarked
package io.headgate.gateway.policy;

import org.jspecify.annotations.NullMarked;
