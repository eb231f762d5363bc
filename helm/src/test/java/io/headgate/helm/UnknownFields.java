package io.headgate.helm;

import io.fabric8.kubernetes.api.model.HasMetadata;
import java.lang.reflect.Method;
import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * Fields that Kubernetes does not know. The API server drops them in silence (or refuses them, with strict validation);
 * the model keeps them aside, and this walk finds them at any depth.
 */
final class UnknownFields {

    private final List<String> paths = new ArrayList<>();

    private UnknownFields() {}

    /** Where they stand, as {@code Deployment/edge.spec.template.spec.nodeSelecter}. */
    static List<String> in(HasMetadata manifest) {
        UnknownFields found = new UnknownFields();
        found.walk(manifest.getKind() + "/" + manifest.getMetadata().getName(), manifest);
        return found.paths;
    }

    private void walk(String path, @Nullable Object value) {
        if (value instanceof Collection<?> items) {
            int index = 0;
            for (Object item : items) {
                walk(path + "[" + index++ + "]", item);
            }
        } else if (value instanceof Map<?, ?> entries) {
            entries.forEach((key, entry) -> walk(path + "." + key, entry));
        } else if (value != null && value.getClass().getName().startsWith("io.fabric8.kubernetes.api.model.")) {
            for (Method method : value.getClass().getMethods()) {
                if (method.getName().equals("getAdditionalProperties")) {
                    Map<?, ?> unknown = (Map<?, ?>) get(value, method);
                    unknown.keySet().forEach(field -> paths.add(path + "." + field));
                } else if (isProperty(method)) {
                    walk(path + "." + name(method), get(value, method));
                }
            }
        }
    }

    private static boolean isProperty(Method method) {
        return method.getName().startsWith("get")
                && method.getParameterCount() == 0
                && method.getDeclaringClass() != Object.class
                && !method.isDefault();
    }

    private static String name(Method getter) {
        String name = getter.getName().substring("get".length());
        return Character.toLowerCase(name.charAt(0)) + name.substring(1);
    }

    private static Object get(Object bean, Method getter) {
        try {
            return getter.invoke(bean);
        } catch (ReflectiveOperationException e) {
            throw new LinkageError(getter.toString(), e);
        }
    }
}
