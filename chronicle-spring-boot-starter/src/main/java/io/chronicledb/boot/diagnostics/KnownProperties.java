package io.chronicledb.boot.diagnostics;

import io.chronicledb.engine.error.NearestName;
import java.lang.reflect.Constructor;
import java.lang.reflect.Method;
import java.lang.reflect.Modifier;
import java.lang.reflect.Parameter;
import java.lang.reflect.RecordComponent;
import java.util.Collection;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import org.springframework.beans.factory.BeanFactory;
import org.springframework.beans.factory.config.ConfigurableListableBeanFactory;
import org.springframework.boot.context.properties.ConfigurationProperties;
import org.springframework.boot.context.properties.bind.DataObjectPropertyName;
import org.springframework.boot.context.properties.bind.Name;
import org.springframework.boot.context.properties.source.ConfigurationPropertyName;
import org.springframework.boot.context.properties.source.ConfigurationPropertyName.Form;
import org.springframework.core.ResolvableType;
import org.springframework.util.ClassUtils;
import org.springframework.util.StringUtils;

/**
 * The keys that the {@link ConfigurationProperties} beans below a prefix read, found from their types: a record's components, a bean's
 * setters, a constructor's parameters, and the same of nested ones. No bean is made for it.
 *
 * <p>Paths are compared in the uniform form, lower case without dashes, in which Spring's relaxed names are equal. An index of a list is
 * written {@code []}; below a map everything is known.
 */
final class KnownProperties {

  private static final String INDEX = "[]";

  /** Uniform path to the key as people write it. */
  private final Map<String, String> keys = new TreeMap<>();

  /** Uniform paths that have keys below them. */
  private final Set<String> groups = new HashSet<>();

  /** Uniform paths below which every key is known. */
  private final Set<String> open = new HashSet<>();

  private KnownProperties() {}

  /** The keys of all such beans in a factory and its parents. */
  static KnownProperties of(ConfigurableListableBeanFactory beanFactory, String prefix) {
    var known = new KnownProperties();
    BeanFactory factory = beanFactory;
    while (factory instanceof ConfigurableListableBeanFactory listable) {
      for (String bean : listable.getBeanDefinitionNames()) {
        ConfigurationProperties annotation =
            listable.findAnnotationOnBean(bean, ConfigurationProperties.class, false);
        Class<?> type = annotation == null ? null : listable.getType(bean, false);
        if (annotation != null && type != null) {
          known.addBean(annotation.prefix(), type, prefix);
        }
      }
      factory = listable.getParentBeanFactory();
    }
    return known;
  }

  private void addBean(String beanPrefix, Class<?> type, String prefix) {
    ConfigurationPropertyName name = ConfigurationPropertyName.adapt(beanPrefix, '.');
    if (isBelow(name, prefix)) {
      addGroup(
          uniform(name),
          beanPrefix,
          ResolvableType.forClass(ClassUtils.getUserClass(type)),
          new HashSet<>());
    }
  }

  /** Whether a name is {@code prefix} or below it. */
  static boolean isBelow(ConfigurationPropertyName name, String prefix) {
    return name.getNumberOfElements() > 0 && name.getElement(0, Form.UNIFORM).equals(prefix);
  }

  boolean contains(ConfigurationPropertyName name) {
    var path = new StringBuilder();
    for (int i = 0; i < name.getNumberOfElements(); i++) {
      append(path, name, i);
      if (open.contains(path.toString())) {
        return true;
      }
    }
    return keys.containsKey(path.toString());
  }

  /** Whether keys lie below a name. */
  boolean isGroup(ConfigurationPropertyName name) {
    return groups.contains(uniform(name));
  }

  /** The key that was probably meant: a typing error away, the same word in another group, or a longer one in the same group. */
  @Nullable
  String nearest(ConfigurationPropertyName name) {
    String nearest = NearestName.of(uniform(name), keys.keySet().stream());
    if (nearest != null) {
      return keys.get(nearest);
    }
    String word = name.getLastElement(Form.UNIFORM);
    String group = uniform(name.getParent());
    String within = null;
    for (Map.Entry<String, String> known : keys.entrySet()) {
      String path = known.getKey();
      String key = known.getValue();
      int last = path.lastIndexOf('.');
      if (path.substring(last + 1).equals(word)) {
        return key;
      }
      if (within == null
          && path.substring(0, last).equals(group)
          && List.of(key.substring(key.lastIndexOf('.') + 1).split("-")).contains(word)) {
        within = key;
      }
    }
    return within;
  }

  /** All keys as people write them, sorted. */
  Collection<String> names() {
    return keys.values();
  }

  private static String uniform(ConfigurationPropertyName name) {
    var path = new StringBuilder();
    for (int i = 0; i < name.getNumberOfElements(); i++) {
      append(path, name, i);
    }
    return path.toString();
  }

  private static void append(StringBuilder path, ConfigurationPropertyName name, int element) {
    if (name.isNumericIndex(element)) {
      path.append(INDEX);
    } else {
      path.append(path.isEmpty() ? "" : ".").append(name.getElement(element, Form.UNIFORM));
    }
  }

  /**
   * @param path uniform
   * @param key as people write it
   * @param enclosing types on the way here; one that contains itself ends there
   */
  private void addGroup(String path, String key, ResolvableType type, Set<Class<?>> enclosing) {
    Class<?> raw = type.toClass();
    groups.add(path);
    enclosing.add(raw);
    if (raw.isRecord()) {
      for (RecordComponent component : raw.getRecordComponents()) {
        Name name = component.getAnnotation(Name.class);
        addProperty(
            path,
            key,
            name == null ? component.getName() : name.value(),
            ResolvableType.forType(component.getGenericType(), type),
            enclosing);
      }
    } else {
      addConstructorParameters(path, key, type, enclosing);
      addBeanProperties(path, key, type, enclosing);
    }
    enclosing.remove(raw);
  }

  private void addConstructorParameters(
      String path, String key, ResolvableType type, Set<Class<?>> enclosing) {
    Constructor<?>[] constructors = type.toClass().getDeclaredConstructors();
    if (constructors.length == 1) {
      for (Parameter parameter : constructors[0].getParameters()) {
        Name name = parameter.getAnnotation(Name.class);
        if (name != null || parameter.isNamePresent()) {
          addProperty(
              path,
              key,
              name == null ? parameter.getName() : name.value(),
              ResolvableType.forType(parameter.getParameterizedType(), type),
              enclosing);
        }
      }
    }
  }

  private void addBeanProperties(
      String path, String key, ResolvableType type, Set<Class<?>> enclosing) {
    for (Class<?> at = type.toClass(); at != null && at != Object.class; at = at.getSuperclass()) {
      for (Method method : at.getDeclaredMethods()) {
        String name = method.getName();
        int modifiers = method.getModifiers();
        if (name.length() <= 3
            || Modifier.isStatic(modifiers)
            || Modifier.isPrivate(modifiers)
            || method.isSynthetic()) {
          continue;
        }
        String property = StringUtils.uncapitalizeAsProperty(name.substring(3));
        if (name.startsWith("set") && method.getParameterCount() == 1) {
          addProperty(
              path,
              key,
              property,
              ResolvableType.forType(method.getGenericParameterTypes()[0], type),
              enclosing);
        } else if (name.startsWith("get") && method.getParameterCount() == 0) {
          // Without a setter, what the getter returns can still be filled.
          ResolvableType returned = ResolvableType.forType(method.getGenericReturnType(), type);
          if (isContainer(returned) || isNested(returned, enclosing)) {
            addProperty(path, key, property, returned, enclosing);
          }
        }
      }
    }
  }

  private static boolean isContainer(ResolvableType type) {
    Class<?> raw = type.toClass();
    return raw.isArray()
        || Collection.class.isAssignableFrom(raw)
        || Map.class.isAssignableFrom(raw);
  }

  private void addProperty(
      String parentPath,
      String parentKey,
      String property,
      ResolvableType type,
      Set<Class<?>> enclosing) {
    String dashed = DataObjectPropertyName.toDashedForm(property);
    ConfigurationPropertyName name = ConfigurationPropertyName.adapt(dashed, '.');
    addValue(parentPath + "." + uniform(name), parentKey + "." + dashed, type, enclosing);
  }

  private void addValue(String path, String key, ResolvableType type, Set<Class<?>> enclosing) {
    Class<?> raw = type.toClass();
    if (Map.class.isAssignableFrom(raw)) {
      keys.put(path, key);
      open.add(path);
    } else if (raw.isArray() || Collection.class.isAssignableFrom(raw)) {
      keys.put(path, key);
      ResolvableType element =
          raw.isArray() ? type.getComponentType() : type.asCollection().getGeneric();
      addValue(path + INDEX, key + INDEX, element, enclosing);
    } else if (isNested(type, enclosing)) {
      addGroup(path, key, type, enclosing);
      if (isConvertible(raw)) {
        keys.put(path, key);
      }
    } else {
      keys.put(path, key);
    }
  }

  /** Whether a type has properties of its own, and is not a value that is converted from text. */
  private static boolean isNested(ResolvableType type, Set<Class<?>> enclosing) {
    Class<?> raw = type.toClass();
    if (raw.isPrimitive()
        || raw.isEnum()
        || raw.isInterface()
        || raw.isArray()
        || enclosing.contains(raw)
        || raw.getName().startsWith("java.")
        || raw.getName().startsWith("org.springframework.")) {
      return false;
    }
    if (raw.isRecord()) {
      return true;
    }
    var content = new KnownProperties();
    content.addGroup("", "", type, new HashSet<>(enclosing));
    return !content.keys.isEmpty();
  }

  /** Whether Spring's conversion makes such a value from text as well. */
  private static boolean isConvertible(Class<?> type) {
    return ClassUtils.hasConstructor(type, String.class)
        || Stream.of("valueOf", "of", "from")
            .anyMatch(name -> ClassUtils.getStaticMethod(type, name, String.class) != null);
  }
}
