/** What a gateway would answer to requests, worked out in virtual time. */
@NullMarked
package io.headgate.policy.replay;

import org.jspecify.annotations.NullMarked;
