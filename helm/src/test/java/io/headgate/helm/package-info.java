/** Renders the chart as Helm would and reads the manifests as Kubernetes would. */
@NullMarked
package io.headgate.helm;

import org.jspecify.annotations.NullMarked;
