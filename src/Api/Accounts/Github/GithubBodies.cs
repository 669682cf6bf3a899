using System.Text.Json.Serialization;
using TelemetryKit.Api.Http.Json;

namespace TelemetryKit.Api.Accounts.Github;

/// <summary>Where to go to link the account.</summary>
/// <param name="Url">The page of GitHub. It redirects the browser back to the dashboard.</param>
internal sealed record GithubLinkBody(string Url);

/// <summary>The bodies of responses about GitHub.</summary>
[JsonSourceGenerationOptions(PropertyNamingPolicy = JsonKnownNamingPolicy.SnakeCaseLower)]
[JsonSerializable(typeof(GithubLinkBody))]
internal sealed partial class GithubJson : JsonSerializerContext
{
    /// <summary>The context to write with: see <see cref="WireJson.ForWire"/>.</summary>
    public static GithubJson Wire => field ??= new(Default.Options.ForWire());
}
