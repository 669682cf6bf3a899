using System.Text.Json.Nodes;
using System.Text.Json.Serialization;

namespace TelemetryKit.Conformance.Tests;

/// <summary>
/// A case of the kit. <c>spec/conformance/README.md</c> describes the members. They aren't init-only, because generated readers would
/// then ignore their defaults.
/// </summary>
internal sealed record ConformanceCase
{
    public required string Name { get; set; }

    public required string Section { get; set; }

    public string[] Faults { get; set; } = [];

    public string Service { get; set; } = "my-cli";

    public string Consent { get; set; } = "granted";

    public string Mode { get; set; } = "opt_in";

    public int Attempts { get; set; } = 1;

    public Dictionary<string, string?> Environment { get; set; } = [];

    public Dictionary<string, JsonNode?> Files { get; set; } = [];

    public List<Rule> Server { get; set; } = [];

    public required List<Run> Runs { get; set; }

    public Expectation Expect { get; set; } = new();

    public override string ToString() => Name;
}

/// <summary>A response of the server to the requests that match.</summary>
internal sealed record Rule
{
    public string? To { get; set; }

    public string? Contains { get; set; }

    public int Times { get; set; } = int.MaxValue;

    public int Status { get; set; } = 200;

    public Dictionary<string, string> Headers { get; set; } = [];

    public JsonNode? Body { get; set; }

    public bool Closes { get; set; }
}

/// <summary>A run of the tool.</summary>
internal sealed record Run
{
    public string? Service { get; set; }

    public string? Key { get; set; }

    public string? Endpoint { get; set; }

    public string? Version { get; set; }

    public int? BatchEvents { get; set; }

    public int? QueueEvents { get; set; }

    public Dictionary<string, string?> Environment { get; set; } = [];

    public string[] Arguments { get; set; } = [];

    public JsonArray Calls { get; set; } = [];

    public string Server { get; set; } = "up";

    public string? Signal { get; set; }

    public JsonNode ExitCode { get; set; } = JsonValue.Create(0);

    public JsonNode? Output { get; set; }

    public JsonNode? ErrorOutput { get; set; }

    public int? ExitWithinMs { get; set; }
}

/// <summary>What must be so after the last run.</summary>
internal sealed record Expectation
{
    public List<JsonNode?>? Requests { get; set; }

    public int? RequestsAtMost { get; set; }

    public List<JsonNode?>? Events { get; set; }

    public string[] Same { get; set; } = [];

    public string[] Distinct { get; set; } = [];

    public bool? Connects { get; set; }

    public Dictionary<string, JsonNode?> Files { get; set; } = [];
}

[JsonSourceGenerationOptions(
    PropertyNamingPolicy = JsonKnownNamingPolicy.SnakeCaseLower, UnmappedMemberHandling = JsonUnmappedMemberHandling.Disallow)]
[JsonSerializable(typeof(List<ConformanceCase>))]
internal sealed partial class CaseJson : JsonSerializerContext;
