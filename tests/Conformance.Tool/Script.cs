using System.Text.Json;
using System.Text.Json.Serialization;

namespace TelemetryKit.Conformance.Tool;

/// <summary>What the tool does: the file of the kit's <c>README.md</c>, section "The driver".</summary>
internal sealed record Script
{
    public required string Service { get; set; }

    public string? Key { get; set; }

    public string? Endpoint { get; set; }

    public string? Version { get; set; }

    /// <summary><c>opt_in</c>, <c>opt_out</c> or <c>host</c>.</summary>
    public string Consent { get; set; } = "opt_in";

    public int? BatchEvents { get; set; }

    public int? QueueEvents { get; set; }

    public IReadOnlyList<Call> Calls { get; set; } = [];
}

/// <summary>A call of the tool.</summary>
internal sealed record Call
{
    [JsonPropertyName("call")]
    public required string Kind { get; set; }

    public string? Name { get; set; }

    public bool? Success { get; set; }

    public int? Code { get; set; }

    public int? Ms { get; set; }

    public int Times { get; set; } = 1;

    public Dictionary<string, JsonElement>? Metadata { get; set; }
}

[JsonSourceGenerationOptions(
    PropertyNamingPolicy = JsonKnownNamingPolicy.SnakeCaseLower, UnmappedMemberHandling = JsonUnmappedMemberHandling.Disallow)]
[JsonSerializable(typeof(Script))]
internal sealed partial class ScriptJson : JsonSerializerContext;
