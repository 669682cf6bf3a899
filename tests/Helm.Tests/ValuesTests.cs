using System.Text.Encodings.Web;
using System.Text.Json;
using System.Text.Json.Nodes;
using TelemetryKit.Helm.Tests.Tools;
using TelemetryKit.Support;

namespace TelemetryKit.Helm.Tests;

/// <summary><c>values.yaml</c>, <c>values.schema.json</c> and the table of the README list the same values.</summary>
public class ValuesTests
{
    private const string RewriteVariable = "TELEMETRYKIT_TEST_REWRITE_SNAPSHOTS";

    private static readonly JsonSerializerOptions Plain = new() { Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping };

    [Fact]
    public async Task Each_value_is_in_the_schema_with_a_description_and_no_other_is_accepted()
    {
        var (schema, values) = (await SchemaAsync(), await ChartTools.ReadYamlAsync(Path.Combine(ChartTools.Chart, "values.yaml")));
        Assert.Empty(FaultsOf(schema, values, "values").ToList());
        Assert.Empty(ObjectsOf(schema, "values").Where(o => (bool?)o.Schema["additionalProperties"] != false).Select(o => o.Path));
    }

    [Fact]
    public async Task The_readme_lists_all_values()
    {
        var values = await ChartTools.ReadYamlAsync(Path.Combine(ChartTools.Chart, "values.yaml"));
        var rows = RowsOf(await SchemaAsync(), values, "").ToList();
        var file = Path.Combine(ChartTools.Chart, "README.md");
        var lines = await File.ReadAllLinesAsync(file);
        if (Environment.GetEnvironmentVariable(RewriteVariable) == "true")
        {
            var text = lines.TakeWhile(line => !line.StartsWith("| `", StringComparison.Ordinal)).Concat(rows);
            await File.WriteAllTextAsync(file, string.Join('\n', text) + "\n");
            lines = await File.ReadAllLinesAsync(file);
        }

        Assert.Equal(rows, lines.Where(line => line.StartsWith("| `", StringComparison.Ordinal)));
    }

    [Fact]
    public void The_rules_are_those_of_the_repository()
    {
        var rules = File.ReadAllText(Path.Combine(ChartTools.Chart, "files", "rules.yaml"));
        Assert.Equal(File.ReadAllText(Path.Combine(BuildOutput.Root, "deploy", "prometheus", "rules.yaml")), rules);
    }

    private static async Task<JsonNode> SchemaAsync() =>
        JsonNode.Parse(await File.ReadAllTextAsync(Path.Combine(ChartTools.Chart, "values.schema.json")))!;

    private static IEnumerable<string> FaultsOf(JsonNode? schema, JsonNode? value, string path)
    {
        if (schema is null)
            return [$"{path} is not in the schema."];
        if (path != "values" && string.IsNullOrWhiteSpace((string?)schema["description"]))
            return [$"{path} has no description."];
        // The members of an object without properties are those of Kubernetes.
        return schema["properties"] is { } properties && value is JsonObject members
            ? members.SelectMany(member => FaultsOf(properties[member.Key], member.Value, $"{path}.{member.Key}"))
            : [];
    }

    private static IEnumerable<(string Path, JsonNode Schema)> ObjectsOf(JsonNode schema, string path) =>
        schema["properties"] is JsonObject properties
            ? properties.SelectMany(property => ObjectsOf(property.Value!, $"{path}.{property.Key}")).Prepend((path, schema))
            : [];

    private static IEnumerable<string> RowsOf(JsonNode schema, JsonNode? value, string path)
    {
        if (schema["properties"] is JsonObject properties)
        {
            // Helm sets "global" itself.
            return properties.Where(property => path.Length > 0 || property.Key != "global").SelectMany(
                property => RowsOf(property.Value!, value![property.Key], path.Length > 0 ? $"{path}.{property.Key}" : property.Key));
        }

        var text = value is JsonValue scalar && scalar.GetValueKind() == JsonValueKind.String ? (string)scalar! : Json(value);
        return [$"| `{path}` | {schema["description"]} | {(text.Length > 0 ? $"`{text}`" : "")} |"];
    }

    private static string Json(JsonNode? value) => value?.ToJsonString(Plain) ?? "null";
}
