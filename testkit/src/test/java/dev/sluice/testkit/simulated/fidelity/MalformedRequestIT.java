package dev.sluice.testkit.simulated.fidelity;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.ObjectMapper;
import dev.sluice.testkit.dynamodb.EmbeddedDynamoDb;
import dev.sluice.testkit.dynamodb.KeyAttribute;
import dev.sluice.testkit.junit.EmbeddedServers;
import dev.sluice.testkit.simulated.engine.SimulatedDynamoDb;
import dev.sluice.testkit.simulated.server.SimulatedDynamoDbServer;
import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;

/**
 * Bodies that no SDK would send, or that it sends of a request in which something is missing: the
 * simulated service answers each, with the code that DynamoDB Local has for it.
 */
@ExtendWith(EmbeddedServers.class)
class MalformedRequestIT {
  private static final String TABLE = "malformed";
  private static final HttpClient HTTP = HttpClient.newHttpClient();
  private static final ObjectMapper JSON = new ObjectMapper();

  private final EmbeddedDynamoDb local;
  private final SimulatedDynamoDb simulated = SimulatedDynamoDb.create();
  private final SimulatedDynamoDbServer server =
      SimulatedDynamoDbServer.start(simulated, 0, Duration.ZERO);

  MalformedRequestIT(EmbeddedDynamoDb local) {
    this.local = local;
  }

  @BeforeEach
  void createBoth() {
    synchronized (simulated) {
      simulated.createTable(TABLE, KeyAttribute.string("pk"));
    }
    local.createTable(TABLE, KeyAttribute.string("pk"));
  }

  @AfterEach
  void close() {
    server.close();
    local.deleteTable(TABLE);
  }

  private static Stream<Arguments> of(String operation, String... bodies) {
    return Stream.of(bodies).map(body -> Arguments.of(operation, body));
  }

  static Stream<Arguments> requests() {
    return Stream.of(
            of(
                "PutItem",
                "{}",
                "{'TableName': null, 'Item': {'pk': {'S': 'a'}}}",
                "{'TableName': '', 'Item': {'pk': {'S': 'a'}}}",
                "{'TableName': 'malformed'}",
                "{'TableName': 'malformed', 'Item': null}",
                "{'TableName': 'malformed', 'Item': {}}",
                "{'TableName': 'malformed', 'Item': {'pk': null}}",
                "{'TableName': 'malformed', 'Item': {'pk': {}}}",
                "{'TableName': 'malformed', 'Item': {'pk': {'X': 'a'}}}",
                "{'TableName': 'malformed', 'Item': {'pk': {'S': null}}}",
                "{'TableName': 'malformed', 'Item': {'pk': {'S': 'a', 'N': '1'}}}",
                "{'TableName': 'malformed', 'Item': {'pk': {'S': 'a'}, 'v': {}}}",
                "{'TableName': 'malformed', 'Item': {'pk': {'S': 'a'}, 'v': {'S': 'a', 'N': '1'}}}",
                "{'TableName': 'malformed', 'Item': {'pk': {'S': 'a'}, 'v': {'L': [{}]}}}",
                "{'TableName': 'malformed', 'Item': {'pk': {'S': 'a'}, 'v': {'L': [null]}}}",
                "{'TableName': 'malformed', 'Item': {'pk': {'S': 'a'}, 'v': {'M': {'x': null}}}}",
                "{'TableName': 'malformed', 'Item': {'pk': {'S': 'a'}, 'v': {'SS': [null]}}}",
                "{'TableName': 'malformed', 'Item': {'pk': {'S': 'a'}, 'v': {'NS': [null]}}}",
                "{'TableName': 'malformed', 'Item': {'pk': {'S': 'a'}, 'v': {'SS': []}}}",
                "{'TableName': 'malformed', 'Item': {'pk': {'S': 'a'}, 'v': {'SS': ['a', 'a']}}}",
                "{'TableName': 'malformed', 'Item': {'pk': {'S': 'a'}, 'v': {'NS': ['1', '1.0']}}}",
                "{'TableName': 'malformed', 'Item': {'pk': {'S': 'a'}, 'v': {'N': ''}}}",
                "{'TableName': 'malformed', 'Item': {'pk': {'S': 'a'}, 'v': {'N': 'one'}}}",
                "{'TableName': 'malformed', 'Item': {'pk': {'S': 'a'}, 'v': {'N': '"
                    + "1".repeat(39)
                    + "'}}}",
                "{'TableName': 'malformed', 'Item': {'pk': {'S': 'a'}, 'v': {'N': '1E126'}}}",
                "{'TableName': 'malformed', 'Item': {'pk': {'S': 'a'}, 'v': {'NULL': false}}}",
                "{'TableName': 'malformed', 'Item': {'pk': {'S': 'a'}, '': {'S': 'a'}}}",
                "{'TableName': 'malformed', 'Item': {'pk': {'S': 'a'}}, 'ReturnValues': 'NOTHING'}",
                "{'TableName': 'malformed', 'Item': {'pk': {'S': 'a'}},"
                    + " 'ReturnValues': 'ALL_NEW'}",
                "{'TableName': 'malformed', 'Item': {'pk': {'S': 'a'}},"
                    + " 'ReturnValuesOnConditionCheckFailure': 'SOME'}",
                "{'TableName': 'malformed', 'Item': {'pk': {'S': 'a'}}, 'ConditionExpression': ''}",
                "{'TableName': 'malformed', 'Item': {'pk': {'S': 'a'}},"
                    + " 'ConditionExpression': 'attribute_exists(pk)',"
                    + " 'ExpressionAttributeNames': {}}",
                "{'TableName': 'malformed', 'Item': {'pk': {'S': 'a'}},"
                    + " 'ConditionExpression': 'attribute_exists(pk)',"
                    + " 'ExpressionAttributeValues': {}}",
                "{'TableName': 'malformed', 'Item': {'pk': {'S': 'a'}},"
                    + " 'ConditionExpression': 'attribute_exists(pk)',"
                    + " 'ExpressionAttributeNames': {'#p': 'pk'}}",
                "{'TableName': 'malformed', 'Item': {'pk': {'S': 'a'}},"
                    + " 'ConditionExpression': 'attribute_exists(pk)',"
                    + " 'ExpressionAttributeValues': {':v': {'S': 'a'}}}",
                "{'TableName': 'malformed', 'Item': {'pk': {'S': 'a'}},"
                    + " 'ExpressionAttributeNames': {'#p': 'pk'}}",
                "{'TableName': 'malformed', 'Item': {'pk': {'S': 'a'}},"
                    + " 'ConditionExpression': 'attribute_exists(#p)',"
                    + " 'ExpressionAttributeNames': {'#p': null}}",
                "{'TableName': 'malformed', 'Item': {'pk': {'S': 'a'}},"
                    + " 'ConditionExpression': 'pk = :v',"
                    + " 'ExpressionAttributeValues': {':v': null}}",
                "{'TableName': 'malformed', 'Item': {'pk': {'S': 'a'}},"
                    + " 'ConditionExpression': 'pk = :v',"
                    + " 'ExpressionAttributeValues': {':v': {}}}"),
            of(
                "UpdateItem",
                "{}",
                "{'TableName': 'malformed'}",
                "{'TableName': 'malformed', 'Key': null}",
                "{'TableName': 'malformed', 'Key': {'pk': {'S': 'a'}}, 'UpdateExpression': ''}",
                "{'TableName': 'malformed', 'Key': {'pk': {'S': 'a'}}, 'UpdateExpression': 'SET'}",
                "{'TableName': 'malformed', 'Key': {'pk': {'S': 'a'}},"
                    + " 'UpdateExpression': 'SET pk = :v',"
                    + " 'ExpressionAttributeValues': {':v': {'S': 'b'}}}",
                "{'TableName': 'malformed', 'Key': {'pk': {'S': 'a'}},"
                    + " 'UpdateExpression': 'REMOVE pk'}",
                "{'TableName': 'malformed', 'Key': {'pk': {'S': 'a'}},"
                    + " 'UpdateExpression': 'SET a = :v, a = :w',"
                    + " 'ExpressionAttributeValues': {':v': {'S': 'b'}, ':w': {'S': 'c'}}}"),
            of(
                "DeleteItem",
                "{}",
                "{'TableName': 'malformed'}",
                "{'TableName': 'malformed', 'Key': {'pk': {'S': 'a'}, 'x': {'S': 'a'}}}",
                "{'TableName': 'malformed', 'Key': {'pk': {'S': 'a', 'N': '1'}}}"),
            of(
                "GetItem",
                "{}",
                "{'TableName': 'malformed'}",
                "{'Key': {'pk': {'S': 'a'}}}",
                "{'TableName': 'malformed', 'Key': {'pk': {}}}",
                "{'TableName': 'malformed', 'Key': {'pk': {'S': 'a'}}, 'ProjectionExpression': ''}"),
            of(
                "BatchWriteItem",
                "{}",
                "{'RequestItems': null}",
                "{'RequestItems': {}}",
                "{'RequestItems': {'malformed': null}}",
                "{'RequestItems': {'malformed': []}}",
                "{'RequestItems': {'malformed': [null]}}",
                "{'RequestItems': {'malformed': [{}]}}",
                "{'RequestItems': {'malformed': [{'PutRequest': null}]}}",
                "{'RequestItems': {'malformed': [{'PutRequest': {}}]}}",
                "{'RequestItems': {'malformed': [{'DeleteRequest': {}}]}}",
                "{'RequestItems': {'malformed': [{'PutRequest': {'Item': {'pk': {}}}}]}}",
                "{'RequestItems': {'malformed': [{'PutRequest': {'Item': {'pk': {'S': 'a'}}},"
                    + " 'DeleteRequest': {'Key': {'pk': {'S': 'b'}}}}]}}",
                "{'RequestItems': {'malformed': [{'PutRequest': {'Item': {'pk': {'S': 'a'}}}},"
                    + " {'DeleteRequest': {'Key': {'pk': {'S': 'a'}}}}]}}",
                "{'RequestItems': {'malformed': ["
                    + puts(26, "{'PutRequest': {'Item': {'pk': {'S': '%d'}}}}")
                    + "]}}",
                "{'RequestItems': {'no': [{'DeleteRequest': {'Key': {'pk': {'S': 'a'}}}}]}}",
                "{'RequestItems': {'': [{'DeleteRequest': {'Key': {'pk': {'S': 'a'}}}}]}}"),
            of(
                "BatchGetItem",
                "{}",
                "{'RequestItems': {}}",
                "{'RequestItems': {'malformed': null}}",
                "{'RequestItems': {'malformed': {}}}",
                "{'RequestItems': {'malformed': {'Keys': null}}}",
                "{'RequestItems': {'malformed': {'Keys': []}}}",
                "{'RequestItems': {'malformed': {'Keys': [null]}}}",
                "{'RequestItems': {'malformed': {'Keys': [{}]}}}",
                "{'RequestItems': {'malformed': {'Keys': [{'pk': {'S': 'a'}}, {'pk': {'S': 'a'}}]}}}"),
            of(
                "BatchExecuteStatement",
                "{}",
                "{'Statements': null}",
                "{'Statements': []}",
                "{'Statements': [null]}",
                "{'Statements': [{}]}",
                "{'Statements': [{'Statement': ''}]}",
                statement("null"),
                statement("[]"),
                statement("[null]"),
                statement("[{}]"),
                statement("[{'S': 'a', 'N': '1'}]")),
            of(
                "TransactWriteItems",
                "{}",
                "{'TransactItems': null}",
                "{'TransactItems': []}",
                "{'TransactItems': [{}]}",
                "{'TransactItems': [{'Put': {}}]}",
                "{'TransactItems': [{'Put': {'Item': {'pk': {'S': 'a'}}}}]}",
                "{'TransactItems': [{'Put': {'TableName': 'malformed'}}]}",
                "{'TransactItems': [{'Put': {'TableName': 'malformed',"
                    + " 'Item': {'pk': {'S': 'a'}, 'v': {}}}}]}",
                "{'TransactItems': [{'Update': {'Key': {'pk': {'S': 'a'}}}}]}",
                "{'TransactItems': [{'Delete': {'Key': {'pk': {'S': 'a'}}}}]}",
                "{'TransactItems': [{'Delete': {'TableName': 'malformed'}}]}",
                "{'TransactItems': [{'ConditionCheck': {'TableName': 'malformed',"
                    + " 'Key': {'pk': {'S': 'a'}}}}]}",
                "{'TransactItems': [{'ConditionCheck': {'Key': {'pk': {'S': 'a'}},"
                    + " 'ConditionExpression': 'attribute_exists(pk)'}}]}",
                "{'TransactItems': [{'Put': {'TableName': 'malformed', 'Item': {'pk': {'S': 'a'}}},"
                    + " 'Delete': {'TableName': 'malformed', 'Key': {'pk': {'S': 'b'}}}}]}",
                "{'TransactItems': [{'Put': {'TableName': 'malformed', 'Item': {'pk': {'S': 'a'}}}},"
                    + " {'Delete': {'TableName': 'malformed', 'Key': {'pk': {'S': 'a'}}}}]}",
                "{'TransactItems': [{'Put': {'TableName': 'malformed', 'Item': {'pk': {'S': 'a'}}}}],"
                    + " 'ClientRequestToken': '"
                    + "t".repeat(37)
                    + "'}",
                "{'TransactItems': ["
                    + puts(101, "{'Put': {'TableName': 'malformed', 'Item': {'pk': {'S': '%d'}}}}")
                    + "]}"),
            of(
                "Query",
                "{}",
                "{'TableName': 'malformed'}",
                "{'TableName': 'malformed', 'KeyConditionExpression': ''}",
                "{'TableName': 'malformed', 'KeyConditionExpression': 'pk = :v'}",
                "{'KeyConditionExpression': 'pk = :v',"
                    + " 'ExpressionAttributeValues': {':v': {'S': 'a'}}}",
                "{'TableName': 'malformed', 'KeyConditionExpression': 'pk = :v',"
                    + " 'ExpressionAttributeValues': {':v': {'S': 'a'}}, 'Limit': 0}",
                "{'TableName': 'malformed', 'KeyConditionExpression': 'pk = :v',"
                    + " 'ExpressionAttributeValues': {':v': {'S': 'a'}}, 'Select': 'SOME'}",
                "{'TableName': 'malformed', 'KeyConditionExpression': 'pk = :v',"
                    + " 'ExpressionAttributeValues': {':v': {'S': 'a'}}, 'FilterExpression': ''}",
                "{'TableName': 'malformed', 'KeyConditionExpression': 'pk = :v',"
                    + " 'ExpressionAttributeValues': {':v': {'S': 'a'}},"
                    + " 'ExclusiveStartKey': {'pk': null}}"),
            of(
                "Scan",
                "{}",
                "{'TableName': 'malformed', 'Limit': 0}",
                "{'TableName': 'malformed', 'FilterExpression': ''}",
                "{'TableName': 'malformed', 'ExclusiveStartKey': {'x': {'S': 'a'}}}"),
            of(
                "CreateTable",
                "{}",
                "{'TableName': 'made', 'BillingMode': 'PAY_PER_REQUEST'}",
                table("'KeySchema': [null], 'AttributeDefinitions': [null]"),
                table("'KeySchema': [{}], 'AttributeDefinitions': [{}]"),
                table(
                    "'KeySchema': [{'AttributeName': 'pk', 'KeyType': 'MAIN'}],"
                        + " 'AttributeDefinitions': [{'AttributeName': 'pk', 'AttributeType': 'S'}]"),
                table(
                    "'KeySchema': [{'AttributeName': 'pk', 'KeyType': 'HASH'}],"
                        + " 'AttributeDefinitions':"
                        + " [{'AttributeName': 'pk', 'AttributeType': 'BOOL'}]"),
                table(
                    "'KeySchema': [{'AttributeName': 'pk', 'KeyType': 'HASH'},"
                        + " {'AttributeName': 'pk', 'KeyType': 'RANGE'}],"
                        + " 'AttributeDefinitions':"
                        + " [{'AttributeName': 'pk', 'AttributeType': 'S'}]"),
                "{'TableName': 'made', 'ProvisionedThroughput': {},"
                    + " 'KeySchema': [{'AttributeName': 'pk', 'KeyType': 'HASH'}],"
                    + " 'AttributeDefinitions': [{'AttributeName': 'pk', 'AttributeType': 'S'}]}",
                "{'TableName': 'no', 'BillingMode': 'PAY_PER_REQUEST',"
                    + " 'KeySchema': [{'AttributeName': 'pk', 'KeyType': 'HASH'}],"
                    + " 'AttributeDefinitions': [{'AttributeName': 'pk', 'AttributeType': 'S'}]}"),
            of("DescribeTable", "{}", "{'TableName': null}", "{'TableName': 'no'}"),
            of("DeleteTable", "{}"),
            of("DescribeTimeToLive", "{}"),
            of(
                "UpdateTimeToLive",
                "{}",
                "{'TableName': 'malformed'}",
                "{'TableName': 'malformed', 'TimeToLiveSpecification': {}}",
                "{'TableName': 'malformed', 'TimeToLiveSpecification': {'Enabled': true}}"))
        .flatMap(each -> each);
  }

  /** What Local takes, or fails at with status 500, and the service does not. */
  static Stream<Arguments> requestsThatLocalIsLaxerWith() {
    String serialization = "400 SerializationException";
    String validation = "400 ValidationException";
    String item = "{'TableName': 'malformed', 'Item': {'pk': {'S': 'a'}, 'v': ";
    String put = "{'TableName': 'malformed', 'Item': {'pk': {'S': 'a'}}, ";
    return Stream.of(
        Arguments.of("PutItem", "", serialization),
        Arguments.of("PutItem", "[]", serialization),
        Arguments.of("PutItem", "{'TableName': 5}", serialization),
        Arguments.of("PutItem", "{'TableName': 'malformed', 'Item': []}", serialization),
        Arguments.of("PutItem", item + "{'S': 5}}}", serialization),
        Arguments.of("PutItem", item + "{'N': 1}}}", serialization),
        Arguments.of("PutItem", item + "{'B': '!'}}}", serialization),
        Arguments.of("PutItem", item + "{'BOOL': 'yes'}}}", serialization),
        Arguments.of("PutItem", item + "{'BS': [null]}}}", validation),
        Arguments.of("PutItem", put + "'ReturnConsumedCapacity': 'SOME'}", validation),
        Arguments.of("PutItem", put + "'ReturnItemCollectionMetrics': 'SOME'}", validation),
        Arguments.of("PutItem", put + "'ExpressionAttributeNames': {}}", validation),
        Arguments.of("BatchWriteItem", "{'RequestItems': []}", serialization),
        Arguments.of("BatchExecuteStatement", "{'Statements': [{'Statement': 5}]}", serialization),
        Arguments.of("TransactWriteItems", "{'TransactItems': [null]}", validation),
        Arguments.of(
            "TransactWriteItems",
            "{'TransactItems': [{'Put': "
                + put
                + "'ReturnValuesOnConditionCheckFailure': 'SOME'}}]}",
            validation),
        Arguments.of(
            "TransactWriteItems",
            "{'TransactItems': [{'Update': {'TableName': 'malformed',"
                + " 'Key': {'pk': {'S': 'a'}}}}]}",
            validation),
        Arguments.of(
            "TransactWriteItems",
            "{'ClientRequestToken': '', 'TransactItems': [{'Delete':"
                + " {'TableName': 'malformed', 'Key': {'pk': {'S': 'a'}}}}]}",
            validation),
        Arguments.of("Scan", "{'TableName': 'malformed', 'Limit': 'one'}", serialization),
        Arguments.of(
            "CreateTable",
            "{'TableName': 'made', 'BillingMode': 'FREE',"
                + " 'KeySchema': [{'AttributeName': 'pk', 'KeyType': 'HASH'}],"
                + " 'AttributeDefinitions': [{'AttributeName': 'pk', 'AttributeType': 'S'}]}",
            validation));
  }

  private static String puts(int count, String form) {
    List<String> puts = new ArrayList<>();
    for (int i = 0; i < count; i++) {
      puts.add(form.formatted(i));
    }
    return String.join(", ", puts);
  }

  private static String statement(String parameters) {
    return "{'Statements': [{'Statement': 'INSERT INTO \\\"malformed\\\" VALUE {\\u0027pk\\u0027: ?}',"
        + " 'Parameters': "
        + parameters
        + "}]}";
  }

  private static String table(String keys) {
    return "{'TableName': 'made', 'BillingMode': 'PAY_PER_REQUEST', " + keys + "}";
  }

  @ParameterizedTest(name = "{0} {1}")
  @MethodSource("requests")
  void theSimulationAnswersAsLocalDoes(String operation, String body)
      throws IOException, InterruptedException {
    String answer = answer(server.endpoint(), operation, body);

    assertThat(answer).isEqualTo(answer(local.endpoint(), operation, body));
    assertThat(answer).doesNotContain("SimulationFailed");
  }

  @ParameterizedTest(name = "{0} {1}")
  @MethodSource("requestsThatLocalIsLaxerWith")
  void theSimulationAnswersAsTheServiceDoes(String operation, String body, String expected)
      throws IOException, InterruptedException {
    assertThat(answer(server.endpoint(), operation, body)).isEqualTo(expected);
    assertThat(answer(local.endpoint(), operation, body)).isNotEqualTo(expected);
  }

  /** Status and code. */
  private static String answer(URI endpoint, String operation, String body)
      throws IOException, InterruptedException {
    HttpRequest request =
        HttpRequest.newBuilder(endpoint)
            .timeout(Duration.ofSeconds(15))
            .header("Content-Type", "application/x-amz-json-1.0")
            .header("X-Amz-Target", "DynamoDB_20120810." + operation)
            .header(
                "Authorization",
                "AWS4-HMAC-SHA256 Credential=test/20260101/"
                    + EmbeddedDynamoDb.REGION.id()
                    + "/dynamodb/aws4_request, SignedHeaders=host, Signature=none")
            .POST(HttpRequest.BodyPublishers.ofString(body.replace('\'', '"')))
            .build();
    HttpResponse<String> response = HTTP.send(request, HttpResponse.BodyHandlers.ofString());
    String type = JSON.readTree(response.body()).path("__type").asText();
    return response.statusCode() + " " + type.substring(type.indexOf('#') + 1);
  }
}
