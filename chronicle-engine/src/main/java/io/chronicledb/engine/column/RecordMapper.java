package io.chronicledb.engine.column;

import io.chronicledb.engine.error.NearestName;
import java.lang.invoke.MethodHandle;
import java.lang.invoke.MethodHandles;
import java.lang.invoke.MethodType;
import java.lang.reflect.Constructor;
import java.lang.reflect.InaccessibleObjectException;
import java.lang.reflect.RecordComponent;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/** Makes records of a class from rows with certain columns. Immutable. */
final class RecordMapper<T extends Record> {

  /** By the type of a component. */
  private static final Map<Class<?>, Target> TARGETS = Map.of(
      double.class, Target.DOUBLE,
      Double.class, Target.DOUBLE,
      long.class, Target.LONG,
      Long.class, Target.LONG,
      int.class, Target.INT,
      Integer.class, Target.INT,
      String.class, Target.STRING,
      Instant.class, Target.INSTANT);

  private static final ClassValue<Shape> SHAPES = new ClassValue<>() {
    @Override
    protected Shape computeValue(Class<?> type) {
      return shape(type);
    }
  };

  /** @param key what is compared with columns, see {@link #key} */
  private record Component(String name, String key, Class<?> type, Target target) {}

  /** What reflection finds out about a record class. The constructor takes its arguments as an array. */
  private record Shape(List<Component> components, MethodHandle constructor) {}

  private final Class<T> type;
  private final Shape shape;
  /** By component, its column. */
  private final int[] columns;

  private RecordMapper(Class<T> type, Shape shape, int[] columns) {
    this.type = type;
    this.shape = shape;
    this.columns = columns;
  }

  /** @throws IllegalArgumentException where the class cannot be made of these columns */
  static <T extends Record> RecordMapper<T> of(Class<T> type, List<Table.Header> headers) {
    Shape shape = SHAPES.get(type);
    int[] columns = shape.components().stream()
        .mapToInt(component -> column(component, type, headers))
        .toArray();
    return new RecordMapper<>(type, shape, columns);
  }

  private static Shape shape(Class<?> type) {
    RecordComponent[] found = type.getRecordComponents();
    if (found == null) {
      throw new IllegalArgumentException(
          type.getName() + " is no record class, as one of which rows could be read");
    }
    var components = new ArrayList<Component>();
    for (RecordComponent component : found) {
      Target target = TARGETS.get(component.getType());
      if (target == null) {
        throw new IllegalArgumentException(
            describe(component.getName(), type) + " is a " + component.getType().getTypeName()
                + ", as which no value can be read: use double, long, int, their boxes, String or Instant");
      }
      components.add(new Component(
          component.getName(), key(component.getName()), component.getType(), target));
    }
    Class<?>[] parameters =
        Arrays.stream(found).map(RecordComponent::getType).toArray(Class<?>[]::new);
    return new Shape(components, constructor(type, parameters));
  }

  private static MethodHandle constructor(Class<?> type, Class<?>[] parameters) {
    try {
      Constructor<?> constructor = type.getDeclaredConstructor(parameters);
      if (!constructor.canAccess(null)) {
        constructor.setAccessible(true);
      }
      return MethodHandles.lookup()
          .unreflectConstructor(constructor)
          .asSpreader(Object[].class, parameters.length)
          .asType(MethodType.methodType(Object.class, Object[].class));
    } catch (InaccessibleObjectException | IllegalAccessException e) {
      String engine = RecordMapper.class.getModule().isNamed()
          ? " to " + RecordMapper.class.getModule().getName()
          : "";
      throw new IllegalArgumentException(
          "the constructor of " + type.getName() + " cannot be called: module "
              + type.getModule().getName() + " must say \"opens " + type.getPackageName() + engine
              + "\"",
          e);
    } catch (NoSuchMethodException e) {
      throw new IllegalStateException("a record without its canonical constructor", e);
    }
  }

  private static int column(Component component, Class<?> type, List<Table.Header> headers) {
    int found = -1;
    for (int i = 0; i < headers.size(); i++) {
      String name = headers.get(i).name();
      if (component.key().equals(key(name))) {
        if (found >= 0) {
          throw new IllegalArgumentException(describe(component.name(), type)
              + " could be column \"" + headers.get(found).name() + "\" and column \"" + name
              + "\": give one of them another name with AS");
        }
        found = i;
      }
    }
    if (found < 0) {
      throw missing(component, type, headers);
    }
    Table.Header header = headers.get(found);
    if (!component.target().accepts(header.type())) {
      throw new IllegalArgumentException("column \"" + header.name() + "\" is of type "
          + header.type() + ", which " + describe(component.name(), type) + " ("
          + component.type().getSimpleName() + ") cannot be: declare it as "
          + Target.component(header.type()));
    }
    return found;
  }

  private static IllegalArgumentException missing(
      Component component, Class<?> type, List<Table.Header> headers) {
    List<String> names = headers.stream().map(Table.Header::name).toList();
    String near = NearestName.hint(component.name(), names.stream());
    String unnamed = names.stream()
        .filter(name -> !name.codePoints().allMatch(Character::isJavaIdentifierPart))
        .map(name -> "\"" + name + "\"")
        .collect(Collectors.joining(" or "));
    String cure = near.isEmpty() && !unnamed.isEmpty()
        ? ": where it is " + unnamed + ", write … AS " + component.name()
        : near;
    return new IllegalArgumentException(
        "no column for " + describe(component.name(), type) + " among " + names + cure);
  }

  private static String describe(String component, Class<?> type) {
    return "component " + component + " of " + type.getSimpleName();
  }

  /** A name without what does not matter in comparing them. */
  private static String key(String name) {
    return name.replace("_", "").toLowerCase(Locale.ROOT);
  }

  /** Makes a record of a row with the columns that this was made for. */
  T map(Table.Row row) {
    var arguments = new @Nullable Object[columns.length];
    for (int i = 0; i < columns.length; i++) {
      arguments[i] = argument(shape.components().get(i), columns[i], row);
    }
    try {
      return type.cast((Object) shape.constructor().invokeExact(arguments));
    } catch (RuntimeException | Error e) {
      throw e;
    } catch (Throwable e) {
      throw new IllegalStateException("the constructor of a record threw a checked exception", e);
    }
  }

  private @Nullable Object argument(Component component, int column, Table.Row row) {
    Object value = row.get(column);
    if (value == null) {
      if (component.type().isPrimitive()) {
        throw misfit(component, column, "NULL", row, box(component.type()));
      }
      return null;
    }
    Object converted = component.target().convert(value);
    if (converted == null) {
      throw misfit(
          component,
          column,
          String.valueOf(value),
          row,
          Target.component(row.headers().get(column).type()));
    }
    return converted;
  }

  private IllegalArgumentException misfit(
      Component component, int column, String value, Table.Row row, String cure) {
    return new IllegalArgumentException("column \"" + row.headers().get(column).name() + "\" is "
        + value + " in row " + row + ", which " + describe(component.name(), type) + " ("
        + component.type().getSimpleName() + ") cannot be: declare it as " + cure);
  }

  private static String box(Class<?> primitive) {
    return MethodType.methodType(primitive).wrap().returnType().getSimpleName();
  }
}
