using Json.Schema;

namespace TelemetryKit.Sdk.Tests.Support;

/// <summary>The JSON Schema of request bodies, from the protocol's specification.</summary>
internal static class BatchSchema
{
    private static readonly JsonSchema Schema =
        JsonSchema.FromFile(Path.Combine(AppContext.BaseDirectory, "spec", "schema", "batch.schema.json"));

    private static readonly EvaluationOptions Options = new() { OutputFormat = OutputFormat.List, RequireFormatValidation = true };

    /// <summary>Fails if the body of a request does not conform to the schema.</summary>
    public static void AssertValid(FakeServer.Request request)
    {
        var results = Schema.Evaluate(request.Json, Options);
        var errors = (results.Details ?? []).Where(detail => detail.Errors is not null)
            .Select(detail => detail.InstanceLocation + ": " + string.Join(", ", detail.Errors!.Values));
        Assert.True(results.IsValid, string.Join('\n', errors) + "\n" + request.Body);
    }
}
