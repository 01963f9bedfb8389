package dev.sluice.request;

import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import software.amazon.awssdk.services.dynamodb.model.AttributeValue;

/**
 * What the queries of all shards have in common.
 *
 * @param condition the key condition but for the partition key, beginning with its AND, or empty
 * @param names attribute names for the placeholders in it and in the filter
 * @param values attribute values likewise
 * @param filter the filter expression, or null
 * @param projection the attributes to return, those of the key among them, or empty for all
 * @param consistent whether to read consistently
 * @param ascending the order of the sort key
 */
public record QueryShape(
    String condition,
    Map<String, String> names,
    Map<String, AttributeValue> values,
    @Nullable String filter,
    List<String> projection,
    boolean consistent,
    boolean ascending) {

  /** What the library's own placeholders begin with, behind their # or colon. */
  public static final String RESERVED = "sluice";

  /** Stands for the sort key's name. */
  public static final String SORT_KEY = "#" + RESERVED + "Sort";

  /** {@return the same with all attributes, as a count needs it} */
  public QueryShape withoutProjection() {
    return new QueryShape(condition, names, values, filter, List.of(), consistent, ascending);
  }
}
