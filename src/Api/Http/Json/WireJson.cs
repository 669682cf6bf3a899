using System.Text.Encodings.Web;
using System.Text.Json;
using System.Text.Json.Serialization;

namespace TelemetryKit.Api.Http.Json;

/// <summary>What all bodies have in common. Each folder with bodies has a context of them beside it.</summary>
internal static class WireJson
{
    /// <summary>Options to write with: JSON that goes to clients as JSON needs no escapes for HTML, and reads better without.</summary>
    public static JsonSerializerOptions ForWire(this JsonSerializerOptions options) =>
        new(options) { Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping };

    /// <summary>Adds a folder's bodies to those that the OpenAPI document can describe.</summary>
    public static void AddBodies(this IServiceCollection services, JsonSerializerContext bodies) =>
        services.ConfigureHttpJsonOptions(json => json.SerializerOptions.TypeInfoResolverChain.Insert(0, bodies));
}
