package dev.sluice.testkit.fault;

/**
 * A request on its way to DynamoDB.
 *
 * @param number counts the requests of one client in the order they came, from 1
 * @param operation the operation, such as {@code PutItem}
 * @param body the JSON that the SDK made of it
 */
public record RequestView(long number, String operation, String body) {}
