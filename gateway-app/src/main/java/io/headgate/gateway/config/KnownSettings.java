package io.headgate.gateway.config;

import java.lang.reflect.RecordComponent;
import java.lang.reflect.Type;
import java.util.ArrayList;
import java.util.List;
import org.springframework.boot.context.properties.bind.DataObjectPropertyName;

/** The names of all settings under {@code headgate.}, as the records of {@link HeadgateProperties} have them. */
final class KnownSettings {

    private KnownSettings() {}

    static List<String> names() {
        List<String> names = new ArrayList<>();
        collect("headgate", HeadgateProperties.class, names);
        return names;
    }

    private static void collect(String name, Class<?> type, List<String> names) {
        if (!type.isRecord()) {
            names.add(name);
            return;
        }
        for (RecordComponent component : type.getRecordComponents()) {
            Type part = component.getGenericType();
            collect(
                    name + "." + DataObjectPropertyName.toDashedForm(component.getName()),
                    part instanceof Class<?> plain ? plain : Object.class,
                    names);
        }
    }
}
