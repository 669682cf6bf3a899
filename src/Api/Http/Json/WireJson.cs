using System.Text.Encodings.Web;
using System.Text.Json;
using System.Text.Json.Serialization;

namespace TelemetryKit.Api.Http.Json;

/// <summary>Options shared by all bodies. Each folder with bodies has its own serializer context.</summary>
internal static class WireJson
{
    /// <summary>Returns options for writing without HTML escapes, which <c>application/json</c> responses don't need.</summary>
    public static JsonSerializerOptions ForWire(this JsonSerializerOptions options) =>
        new(options) { Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping };

    /// <summary>Registers a folder's bodies for the OpenAPI document.</summary>
    public static void AddBodies(this IServiceCollection services, JsonSerializerContext bodies) =>
        services.ConfigureHttpJsonOptions(json => json.SerializerOptions.TypeInfoResolverChain.Insert(0, bodies));
}
